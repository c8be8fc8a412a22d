using System.Text.Json;
using System.Text.Json.Serialization;

namespace Observability.LogGenerator.Verification;

/// <summary>The report as JSON, by code that the compiler makes: reflection would not find all of it once compiled ahead of time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(VerificationReport))]
[JsonSerializable(typeof(string))]
internal sealed partial class VerificationJson : JsonSerializerContext;
