using Grpc.Core;
using Observability.Embedded.EmbeddedCollector.Export;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>OTLP over gRPC.</summary>
internal sealed class OtlpGrpcService(CollectorPipeline pipeline)
{
    /// <exception cref="RpcException">The sender shall try again.</exception>
    public async Task<ExportLogsServiceResponse> ExportAsync(ExportLogsServiceRequest request)
    {
        var answer = await pipeline.ExportAsync(request);
        return answer.Response ?? throw new RpcException(new Status(StatusCode.Unavailable, answer.Reason));
    }
}
