using System.Text;

namespace Observability.LogGenerator.Lines;

/// <summary>A service that lines come from, encoded once.</summary>
internal sealed class ServiceName(string text)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(text);

    public static ServiceName TestApp { get; } = new("test-app");

    public static ServiceName Gateway { get; } = new("gateway");

    public static ServiceName Checkout { get; } = new("checkout");

    public static ServiceName Payments { get; } = new("payments");

    public static ServiceName Inventory { get; } = new("inventory");

    public static ServiceName Accounts { get; } = new("accounts");

    public static ServiceName Reports { get; } = new("reports");

    public string Text { get; } = text;

    public ReadOnlySpan<byte> Utf8 => _utf8;

    public override string ToString() => Text;
}
