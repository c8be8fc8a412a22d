using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Observability.ServiceDefaults.Protos.OpenTelemetry;

namespace Observability.Embedded.EmbeddedCollector.Receivers;

/// <summary>
/// OTLP's gRPC service of one method, by hand: what a .proto file is compiled to would read requests with protobuf's own reader, not with
/// <see cref="OtlpProtobuf"/>.
/// </summary>
internal sealed class OtlpGrpcMethods : IServiceMethodProvider<OtlpGrpcService>
{
    /// <summary>The method (opentelemetry-proto v1.9.0, collector/logs/v1/logs_service.proto).</summary>
    public static Method<ExportLogsServiceRequest, ExportLogsServiceResponse> Export { get; } = new(
        MethodType.Unary,
        "opentelemetry.proto.collector.logs.v1.LogsService",
        "Export",
        new Marshaller<ExportLogsServiceRequest>(Write, context => Parse(context)),
        new Marshaller<ExportLogsServiceResponse>(
            Write, context => ExportLogsServiceResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence())));

    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<OtlpGrpcService> context) =>
        context.AddUnaryMethod(Export, [], (service, request, _) => service.ExportAsync(request));

    private static void Write(IMessage message, SerializationContext context)
    {
        context.SetPayloadLength(message.CalculateSize());
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private static ExportLogsServiceRequest Parse(DeserializationContext context)
    {
        try
        {
            return OtlpProtobuf.Parse(context.PayloadAsReadOnlySequence());
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or OtlpFormatException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, exception.Message));
        }
    }
}
