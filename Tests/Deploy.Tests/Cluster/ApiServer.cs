using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Observability.Deploy.Tests.Manifests;

namespace Observability.Deploy.Tests.Cluster;

/// <summary>As much of Kubernetes' API as kubectl needs of it to apply, look at and delete objects: they are kept, and nothing works on
/// them. What runs is ready at once, but what a test says is not.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly WebApplication _application;
    private int _version = 100;

    private ApiServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _application = builder.Build();
        _application.Urls.Add("http://127.0.0.1:0");
        _application.Run(AnswerAsync);
    }

    /// <summary>Kinds whose operator does nothing: they never get a status.</summary>
    public ISet<string> WithoutStatus { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Every request that changed something, as method and path.</summary>
    public ConcurrentQueue<string> Changes { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Address =>
        new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<ApiServer> StartAsync()
    {
        var server = new ApiServer();
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        server.Put(
            """{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","metadata":{"name":"local","annotations":{"storageclass.kubernetes.io/is-default-class":"true"}}}""");
        server.Put("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"node"},"status":{"nodeInfo":{"architecture":"amd64"}}}""");
        server.Put("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}}""");
        server.Put("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system"}}""");
        return server;
    }

    /// <summary>A file for the environment variable <c>KUBECONFIG</c>, with one context.</summary>
    public string KubeConfig(string context) =>
        $$$"""
        {"apiVersion":"v1","kind":"Config","clusters":[{"name":"c","cluster":{"server":"{{{Address.AbsoluteUri.TrimEnd('/')}}}"}}],"users":[{"name":"u","user":{}}],
         "contexts":[{"name":"{{{context}}}","context":{"cluster":"c","user":"u"}}]}
        """;

    /// <summary>Puts an object there, as somebody else would.</summary>
    public void Put(string json)
    {
        var content = JsonNode.Parse(json)!.AsObject();
        var resource = ApiResource.All.Single(resource => resource.Kind == content["kind"]!.ToString());
        Store(resource, KeyOf(resource, content["metadata"]!["namespace"]?.ToString(), content["metadata"]!["name"]!.ToString()), content,
            create: true);
    }

    /// <summary>The objects that are there, as "Kind namespace/name", with their whole text.</summary>
    public IReadOnlyDictionary<string, string> Snapshot() =>
        _objects.Values.ToDictionary(item => $"{item["kind"]} {item["metadata"]!["namespace"]}/{item["metadata"]!["name"]}",
            item => item.ToJsonString(), StringComparer.Ordinal);

    public JsonObject? Find(string kind, string @namespace, string name) =>
        _objects.GetValueOrDefault(
            KeyOf(ApiResource.All.Single(resource => resource.Kind == kind), @namespace.Length == 0 ? null : @namespace, name));

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private static string KeyOf(ApiResource resource, string? @namespace,
        string name) => $"{resource.ApiVersion}/{resource.Plural}/{@namespace}/{name}";

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimEnd('/');
        var answer = Discovery(path);
        if (answer is not null)
        {
            await WriteAsync(context, 200, answer);
            return;
        }

        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var resource = ApiResource.All.FirstOrDefault(candidate => path.StartsWith(candidate.Path + "/", StringComparison.Ordinal)
            && words[(candidate.Group.Length == 0 ? 2 : 3)..] is var rest
            && ((rest[0] == candidate.Plural && rest.Length <= 3 && !(candidate.Plural == "namespaces" && rest.Length > 2))
                || (candidate.Namespaced && rest.Length > 2 && rest[0] == "namespaces" && rest[2] == candidate.Plural)));
        if (resource is null)
        {
            await WriteAsync(context, 404, Status(404, "NotFound", $"the server could not find the requested resource {path}"));
            return;
        }

        var tail = words[(resource.Group.Length == 0 ? 2 : 3)..];
        var inNamespace = resource.Namespaced && tail[0] == "namespaces";
        var @namespace = inNamespace ? tail[1] : null;
        var name = tail.ElementAtOrDefault(inNamespace ? 3 : 1);
        if (name is null && context.Request.Method == "GET")
            await ListAsync(context, resource, @namespace);
        else
            await ObjectAsync(context, resource, @namespace, name);
    }

    private async Task ListAsync(HttpContext context, ApiResource resource, string? @namespace)
    {
        var query = context.Request.Query;
        if (query.ContainsKey("sendInitialEvents"))
        {
            // As a server that does not stream lists: the client asks for the list, and then watches.
            await WriteAsync(context, 422, Status(422, "Invalid", "sendInitialEvents is forbidden for watch"));
            return;
        }

        if (query["watch"] is [{ } watch] && watch is "true" or "1")
        {
            // Nothing ever happens here: what a command waits for is there when it asks, or never.
            context.Response.ContentType = "application/json";
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        var items = _objects.Where(entry => entry.Key.StartsWith($"{resource.ApiVersion}/{resource.Plural}/", StringComparison.Ordinal))
            .Select(entry => entry.Value)
            .Where(item => @namespace is null || item["metadata"]!["namespace"]?.ToString() == @namespace)
            .Where(item => Matches(item, query["labelSelector"].ToString(),
                (content, key) => content["metadata"]!["labels"]?[key]?.ToString()))
            .Where(item => Matches(item, query["fieldSelector"].ToString(),
                (content, key) => key.Split('.').Aggregate((JsonNode?)content, (node, part) => node?[part])?.ToString()))
            .OrderBy(item => item["metadata"]!["name"]!.ToString(), StringComparer.Ordinal);
        await WriteAsync(context, 200, new()
        {
            ["apiVersion"] = resource.ApiVersion,
            ["kind"] = resource.Kind + "List",
            ["metadata"] = new JsonObject { ["resourceVersion"] = _version.ToString(CultureInfo.InvariantCulture) },
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
        });
    }

    private static bool Matches(JsonObject item, string selector, Func<JsonObject, string, string?> read) =>
        selector.Split(',', StringSplitOptions.RemoveEmptyEntries).All(
            part => part.Split('=', 2) is [var key, var value] ? read(item, key) == value.TrimStart('=') : read(item, part) is not null);

    private async Task ObjectAsync(HttpContext context, ApiResource resource, string? @namespace, string? name)
    {
        var method = context.Request.Method;
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var body = buffer.ToArray();
        var content = method switch
        {
            "POST" or "PATCH" or "PUT" when ProtobufBody.Is(body) => ProtobufBody.Read(body),
            "POST" or "PATCH" or "PUT" => Manifest.Parse(context.Request.Path, Encoding.UTF8.GetString(body)).Single().Content,
            _ => [],
        };
        name ??= content["metadata"]?["name"]?.ToString() ?? "";
        var key = KeyOf(resource, @namespace, name);
        var there = _objects.GetValueOrDefault(key);
        var isDryRun = context.Request.Query.ContainsKey("dryRun");
        if (@namespace is not null && method is "POST" or "PATCH" && !_objects.ContainsKey(KeyOf(ApiResource.All[0], null, @namespace!))
            && resource.Namespaced)
        {
            await WriteAsync(context, 404, Status(404, "NotFound", $"namespaces \"{@namespace}\" not found"));
            return;
        }

        if (!isDryRun && method != "GET")
            Changes.Enqueue($"{method} {context.Request.Path}");
        switch (method)
        {
            case "GET" when there is not null:
                await WriteAsync(context, 200, there);
                break;
            case "POST" when there is not null:
                await WriteAsync(context, 409, Status(409, "AlreadyExists", $"{resource.Plural} \"{name}\" already exists"));
                break;
            case "POST":
                await WriteAsync(context, 201, Store(resource, key, content, create: true, isDryRun));
                break;
            case "PATCH" when there is not null
                || context.Request.ContentType!.StartsWith("application/apply-patch", StringComparison.Ordinal):
                var applied = context.Request.ContentType!.StartsWith("application/apply-patch", StringComparison.Ordinal);
                if (applied && there is not null && context.Request.Query["force"] != "true")
                {
                    await WriteAsync(context, 409,
                        Status(409, "Conflict", "Apply failed with 1 conflict: conflict with \"kubectl\" with subresource \"scale\""));
                    break;
                }

                var merged = there?.DeepClone().AsObject() ?? [];
                Merge(merged, content);
                merged["apiVersion"] = resource.ApiVersion;
                merged["kind"] = resource.Kind;
                await WriteAsync(context, there is null ? 201 : 200, Store(resource, key, merged, create: there is null, isDryRun));
                break;
            case "DELETE" when there is not null:
                if (!isDryRun)
                    _objects.TryRemove(key, out _);
                await WriteAsync(context, 200, Status(200, "", ""));
                break;
            default:
                await WriteAsync(context, 404, Status(404, "NotFound", $"{resource.Plural}.{resource.Group} \"{name}\" not found"));
                break;
        }
    }

    private JsonObject Store(ApiResource resource, string key, JsonObject content, bool create, bool isDryRun = false)
    {
        var stored = content.DeepClone().AsObject();
        var metadata = stored["metadata"]!.AsObject();
        var parts = key.Split('/');
        if (resource.Namespaced)
            metadata["namespace"] ??= parts[^2];
        metadata["uid"] ??= Guid.NewGuid().ToString();
        var before = _objects.GetValueOrDefault(key);
        var isChanged = create || before is null || !JsonNode.DeepEquals(Without(before), Without(stored));
        if (!isChanged)
            return before!;
        var hasNewSpec = create || !JsonNode.DeepEquals(before!["spec"], stored["spec"]);
        metadata["generation"] = (before?["metadata"]?["generation"]?.GetValue<int>() ?? 0) + (hasNewSpec ? 1 : 0);
        metadata["resourceVersion"] = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        if (resource.Kind is "StatefulSet" or "DaemonSet" && stored["spec"] is JsonObject set)
        {
            set["updateStrategy"] ??= new JsonObject();
            set["updateStrategy"]!["type"] ??= "RollingUpdate";
        }

        if (stored["spec"] is not null && !WithoutStatus.Contains(resource.Kind))
            stored["status"] = ReadyStatus(stored, metadata["generation"]!.GetValue<int>());
        if (!isDryRun)
            _objects[key] = stored;
        return stored;
    }

    private static JsonObject Without(JsonObject content)
    {
        var rest = content.DeepClone().AsObject();
        rest.Remove("status");
        foreach (var field in (string[])["generation", "resourceVersion", "uid"])
            rest["metadata"]!.AsObject().Remove(field);
        return rest;
    }

    // As controllers and operators leave it when all is well.
    private static JsonObject ReadyStatus(JsonObject content, int generation)
    {
        var replicas = content["spec"]!["replicas"]?.GetValue<int>() ?? 1;
        var status = content["status"]?.DeepClone().AsObject() ?? [];
        status["observedGeneration"] = generation;
        foreach (var count in (string[])["replicas", "readyReplicas", "updatedReplicas", "availableReplicas", "currentReplicas",
            "desiredNumberScheduled", "numberReady", "numberAvailable", "updatedNumberScheduled"])
            status[count] = replicas;
        status["currentRevision"] = "1";
        status["updateRevision"] = "1";
        status["conditions"] = new JsonArray([.. new[] { "Available", "Ready",
            "Established" }.Select(type => (JsonNode)new JsonObject { ["type"] = type, ["status"] = "True" })]);
        return status;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (value is null)
                into.Remove(key);
            else if (value is JsonObject map && into[key] is JsonObject inner)
                Merge(inner, map);
            else
                into[key] = value.DeepClone();
        }
    }

    // The legacy documents of discovery, and of OpenAPI what tells kubectl that the server checks fields and knows dry runs.
    private static JsonObject? Discovery(string path)
    {
        var groups = ApiResource.All.Where(resource => resource.Group.Length > 0).GroupBy(resource => resource.Group);
        switch (path)
        {
            case "/version":
                return new() { ["major"] = "1", ["minor"] = "35", ["gitVersion"] = "v1.35.5", ["platform"] = "linux/amd64" };
            case "/api":
                return new() { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") };
            case "/apis":
                return new()
                {
                    ["kind"] = "APIGroupList",
                    ["apiVersion"] = "v1",
                    ["groups"] = new JsonArray([.. groups.Select(group => (JsonNode)new JsonObject
                    {
                        ["name"] = group.Key,
                        ["versions"] = new JsonArray(
                            new JsonObject { ["groupVersion"] = group.First().ApiVersion, ["version"] = group.First().Version }),
                        ["preferredVersion"] = new JsonObject { ["groupVersion"] = group.First().ApiVersion,
                            ["version"] = group.First().Version },
                    })]),
                };
            case "/openapi/v3":
                return new()
                {
                    ["paths"] = new JsonObject(ApiResource.All.Select(resource => resource.Path).Distinct().Select(version =>
                        KeyValuePair.Create(version[1..], (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3{version}" }))),
                };
        }

        var isOpenApi = path.StartsWith("/openapi/v3/", StringComparison.Ordinal);
        var resources = ApiResource.All.Where(resource => resource.Path == (isOpenApi ? path["/openapi/v3".Length..] : path)).ToList();
        if (resources.Count == 0)
            return null;
        if (!isOpenApi)
        {
            return new()
            {
                ["kind"] = "APIResourceList",
                ["apiVersion"] = "v1",
                ["groupVersion"] = resources[0].ApiVersion,
                ["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)new JsonObject
                {
                    ["name"] = resource.Plural,
                    ["singularName"] = resource.Kind.ToLowerInvariant(),
                    ["namespaced"] = resource.Namespaced,
                    ["kind"] = resource.Kind,
                    ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update", "watch"),
                })]),
            };
        }

        return new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.35.5" },
            ["paths"] = new JsonObject(resources.Select(resource => KeyValuePair.Create(
                $"{resource.Path}/{(resource.Namespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}/{{name}}",
                (JsonNode?)new JsonObject
                {
                    ["patch"] = new JsonObject
                    {
                        ["parameters"] = new JsonArray(Parameter("dryRun"), Parameter("fieldValidation")),
                        ["responses"] = new JsonObject(),
                        ["x-kubernetes-action"] = "patch",
                        ["x-kubernetes-group-version-kind"] = new JsonObject
                        {
                            ["group"] = resource.Group,
                            ["kind"] = resource.Kind,
                            ["version"] = resource.Version
                        },
                    },
                }))),
        };

        static JsonObject Parameter(string name) =>
            new() { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } };
    }

    private static JsonObject Status(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["status"] = code < 400 ? "Success" : "Failure",
        ["reason"] = reason,
        ["message"] = message,
        ["code"] = code,
    };

    private static async Task WriteAsync(HttpContext context, int code, JsonObject content)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(content.ToJsonString(), context.RequestAborted);
    }
}
