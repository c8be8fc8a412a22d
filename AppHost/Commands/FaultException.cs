namespace Observability.AppHost.Commands;

/// <summary>A part could not be made to fail, or to work again.</summary>
/// <param name="message">Why, for people.</param>
internal sealed class FaultException(string message) : Exception(message);
