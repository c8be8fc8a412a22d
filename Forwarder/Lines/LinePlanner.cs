using System.Runtime.CompilerServices;
using System.Text;
using Observability.Forwarder.Decoding.Shapes;

namespace Observability.Forwarder.Lines;

/// <summary>
/// Recognises lines by the fields that they carry, and says which of these serve for what. The answers for lines such as were
/// lately seen are at hand.
/// </summary>
internal sealed class LinePlanner
{
    // Lines with fields in any combination must not fill the memory.
    private const int MaxPlans = 4096;

    // A power of two: the loggers of a topic write lines of some dozen kinds.
    private const int RecentPlans = 256;

    private readonly LabelSchema _schema;
    private readonly (LineShape Shape, FieldSet Marks)[] _shapes;
    private readonly Dictionary<FieldSet, LinePlan> _plans = [];
    private readonly (FieldSet Fields, LinePlan? Plan)[] _recent = new (FieldSet, LinePlan?)[RecentPlans];

    public LinePlanner(LabelSchema schema)
    {
        _schema = schema;
        _shapes = [.. LineShapes.All.Select(shape => (shape, SetOf(shape.Marks)))];
    }

    /// <summary>The plan for a line that carries some fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LinePlan Find(in FieldSet fields)
    {
        ref var recent = ref _recent[fields.GetHashCode() & (RecentPlans - 1)];
        if (recent.Plan is not null && recent.Fields.Equals(fields))
            return recent.Plan;
        if (!_plans.TryGetValue(fields, out var plan))
        {
            if (_plans.Count == MaxPlans)
                _plans.Clear();
            plan = Create(fields);
            _plans.Add(fields, plan);
        }

        recent = (fields, plan);
        return plan;
    }

    /// <summary>The shape that a line with these fields is of, or <see langword="null"/>.</summary>
    public LineShape? Recognise(in FieldSet fields)
    {
        foreach (var (shape, marks) in _shapes)
        {
            if (fields.ContainsAll(marks))
                return shape;
        }

        return null;
    }

    private LinePlan Create(in FieldSet fields)
    {
        var shape = Recognise(fields);
        var present = fields;
        int[][] sources = [.. _schema.Targets.Select(
            target => Present([.. target.Sources, .. Known(shape, other => other.SourcesOf(target.Name))]))];
        return new LinePlan
        {
            Shape = shape,
            Sources = sources,
            Configured = [.. _schema.Targets.Select(target => Present(target.Sources))],
            Targets = [.. sources.Index().Where(target => target.Item.Length > 0 && target.Index != _schema.LevelTarget)
                .Select(target => target.Index)],
            Time = Present([.. _schema.TimeFields, .. Known(shape, other => other.Time)]),
            Level = _schema.LevelTarget < 0
                ? []
                : Present([.. _schema.Targets[_schema.LevelTarget].Sources, .. Known(shape, other => other.Level)]),
            Nanoseconds = shape?.Nanoseconds is { } nanoseconds ? Present([nanoseconds]).FirstOrDefault(-1) : -1,
            Scale = shape?.Scale ?? default,
            DefaultLevel = shape?.DefaultLevel is { } level ? Encoding.UTF8.GetBytes(level) : [],
            Inner = shape is { IsEnvelope: true } ? Present([shape.Message!]).FirstOrDefault(-1) : -1,
        };

        int[] Present(IEnumerable<string> names) =>
            [.. names.Select(_schema.FieldOf).Where(field => field >= 0 && present.Contains(field)).Distinct()];
        static IEnumerable<string> Known(LineShape? shape, Func<LineShape, IEnumerable<string>> sources) =>
            shape is null ? sources(LineShapes.Usual) : [.. sources(shape), .. sources(LineShapes.Usual)];
    }

    private FieldSet SetOf(IEnumerable<string> names)
    {
        var set = default(FieldSet);
        foreach (var name in names)
            set.Add(_schema.FieldOf(name));
        return set;
    }
}
