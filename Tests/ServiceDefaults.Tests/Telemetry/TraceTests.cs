using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;

namespace Observability.ServiceDefaults.Tests.Telemetry;

public sealed class TraceTests
{
    [Theory]
    [InlineData(ActivityKind.Client, false)]
    [InlineData(ActivityKind.Server, true)]
    [InlineData(ActivityKind.Internal, true)]
    [InlineData(ActivityKind.Producer, true)]
    public void A_trace_begins_with_what_a_service_is_asked_and_not_with_what_it_asks(ActivityKind kind, bool isTrace)
    {
        using var source = Traced(out var host);
        using (host)
        using (var activity = source.StartActivity("root", kind))
            Assert.Equal(isTrace, activity!.Recorded);
    }

    [Fact]
    public void What_is_asked_on_behalf_of_a_request_is_in_its_trace()
    {
        using var source = Traced(out var host);
        using (host)
        using (source.StartActivity("request", ActivityKind.Server))
        using (var push = source.StartActivity("query", ActivityKind.Client))
            Assert.True(push!.Recorded);
    }

    [Fact]
    public void Whoever_is_asked_in_the_steady_state_makes_no_trace_of_it_either()
    {
        using var source = Traced(out var host);
        using (host)
        using (var push = source.StartActivity("push", ActivityKind.Client))
        using (var received = source.StartActivity("received", ActivityKind.Server,
            new ActivityContext(push!.TraceId, push.SpanId, push.ActivityTraceFlags, isRemote: true)))
            Assert.False(received!.Recorded);
    }

    [Fact]
    public void Where_nobody_takes_traces_none_are_made()
    {
        using var source = Traced(out var host, endpoint: null);
        using (host)
        {
            Assert.Null(host.Services.GetService<TracerProvider>());
            Assert.Null(source.StartActivity("request", ActivityKind.Server));
        }
    }

    private static ActivitySource Traced(out IHost host, string? endpoint = "http://127.0.0.1:9")
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = $"traced-{Guid.NewGuid():N}" });
        // As Aspire sets it.
        builder.Configuration["OTEL_TRACES_SAMPLER"] = "always_on";
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        builder.AddServiceDefaults();
        host = builder.Build();
        _ = host.Services.GetService<TracerProvider>();
        return new ActivitySource(builder.Environment.ApplicationName);
    }
}
