using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;
using Observability.AllInOne.Flow;

namespace Observability.AllInOne.Web;

/// <summary>The web page at <c>/</c>, with files that are part of the assembly, and the numbers it shows.</summary>
internal static class WebPage
{
    /// <summary>Where the newest <see cref="FlowSnapshot"/> is, as JSON.</summary>
    public const string FlowPath = "/api/flow";

    // Nothing from elsewhere, nothing inline.
    private const string ContentSecurityPolicy = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Maps the numbers of the pipeline. Without them the page shows the store alone.</summary>
    public static void MapFlow(this WebApplication app) => app.MapGet(FlowPath, (FlowMonitor flow) => flow.Latest);

    /// <summary>Maps the page.</summary>
    public static void MapWebPage(this WebApplication app)
    {
        app.UseFileServer(new FileServerOptions
        {
            FileProvider = new EmbeddedFileProvider(typeof(WebPage).Assembly, $"{typeof(WebPage).Namespace}.Assets"),
            StaticFileOptions =
            {
                OnPrepareResponse = context =>
                {
                    var headers = context.Context.Response.Headers;
                    headers.ContentSecurityPolicy = ContentSecurityPolicy;
                    headers.XContentTypeOptions = "nosniff";
                    headers[HeaderNames.CacheControl] = "no-cache";
                },
            },
        });
    }
}
