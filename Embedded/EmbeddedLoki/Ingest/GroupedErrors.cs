using System.Globalization;
using System.Text;

namespace Observability.Embedded.EmbeddedLoki.Ingest;

/// <summary>
/// The distributor's way to report many failures: each distinct text once, with a count when there is more than one (pkg/util/errors.go).
/// </summary>
internal sealed class GroupedErrors
{
    private readonly Dictionary<string, int> _counts = [];

    public bool Any => _counts.Count > 0;

    public void Add(string error) => _counts[error] = _counts.GetValueOrDefault(error) + 1;

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (error, count) in _counts)
        {
            if (text.Length > 0)
                text.Append("; ");
            if (_counts.Count > 1 || count > 1)
                text.Append(CultureInfo.InvariantCulture, $"{count} errors like: ");
            text.Append(error);
        }

        return text.ToString();
    }
}
