using System.Runtime.CompilerServices;
using System.Text;
using Observability.Forwarder.Decoding;
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
    private readonly Dictionary<PlanCombination, Candidate[]> _candidates = [];
    private readonly int[] _ownService;
    private PlanCombination _lastCombination;
    private Candidate[] _lastCandidates = [];

    public LinePlanner(LabelSchema schema)
    {
        _schema = schema;
        _ownService = [.. ((string[])["service.name", "service"]).Select(schema.FieldOf).Where(field => field >= 0)];
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

    /// <summary>Where the value of each target, the level aside, may come from, by target, the best place first.</summary>
    /// <param name="plans">The plans for what tells of the line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Candidate[] Candidates(in PlanCombination plans) =>
        _lastCombination.Equals(plans) ? _lastCandidates : FindCandidates(plans);

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

    private Candidate[] FindCandidates(in PlanCombination plans)
    {
        if (!_candidates.TryGetValue(plans, out var candidates))
        {
            if (_candidates.Count == MaxPlans)
                _candidates.Clear();
            candidates = [.. CandidatesOf(plans)];
            _candidates.Add(plans, candidates);
        }

        (_lastCombination, _lastCandidates) = (plans, candidates);
        return candidates;
    }

    private IEnumerable<Candidate> CandidatesOf(PlanCombination plans)
    {
        for (var target = 0; target < _schema.Targets.Count; target++)
        {
            if (target == _schema.LevelTarget)
                continue;

            // Alloy names the pod's service for all its lines; one that names its own knows better.
            (FieldSource Source, int[] Fields)[] places =
            [
                (FieldSource.Line, plans.NamesOwnService && target == _schema.ServiceTarget ? plans.Line.Present(_ownService) : []),
                (FieldSource.Resource, plans.Resource?.Configured[target] ?? []),
                (FieldSource.Attribute, plans.Attributes?.Configured[target] ?? []),
                (FieldSource.Line, plans.Line.Sources[target]),
                (FieldSource.Inner, plans.Inner?.Sources[target] ?? []),
            ];
            foreach (var (source, fields) in places)
            {
                foreach (var field in fields)
                    yield return new(target, source, field);
            }
        }
    }

    private LinePlan Create(in FieldSet fields)
    {
        var shape = Recognise(fields);
        var present = fields;
        int[][] sources = [.. _schema.Targets.Select(
            target => Present([.. target.Sources, .. Known(shape, other => other.SourcesOf(target.Name))]))];
        return new LinePlan
        {
            Fields = fields,
            Shape = shape,
            Sources = sources,
            Configured = [.. _schema.Targets.Select(target => Present(target.Sources))],
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
