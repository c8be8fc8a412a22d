namespace Observability.AllInOne.Scenarios;

/// <summary>What became of the lines in one fault.</summary>
/// <param name="Fault">The fault.</param>
/// <param name="Lines">Lines that were made.</param>
/// <param name="Lost">Lines that were acknowledged and are not in Kafka.</param>
/// <param name="Twice">Lines that are in Kafka more than once.</param>
/// <param name="FirstAfter">From the end of the fault to the first record in Kafka; null where there was none to wait for.</param>
/// <param name="SendersSaw">The answers.</param>
internal sealed record FaultResult(string Fault, int Lines, int Lost, int Twice, TimeSpan? FirstAfter, string SendersSaw);
