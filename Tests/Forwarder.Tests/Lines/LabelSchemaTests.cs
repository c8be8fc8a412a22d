using System.Text;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Settings;

namespace Observability.Forwarder.Tests.Lines;

public sealed class LabelSchemaTests
{
    [Fact]
    public void Labels_and_metadata_are_in_ordinal_order_and_valid()
    {
        var schema = new LabelSchema(new()
        {
            Labels = new() { ["service"] = "a", ["2.zone"] = "b", ["Level"] = "c" },
            Metadata = new() { ["z"] = "z", ["k8s.pod"] = "p" }
        });

        Assert.Equal(["Level", "_2_zone", "service"], schema.Labels);
        Assert.Equal(["k8s_pod", "z"], schema.MetadataNames.Select(Encoding.UTF8.GetString));
        Assert.Equal(-1, schema.LevelTarget);
    }

    [Fact]
    public void An_empty_list_removes_a_default()
    {
        var options = new ForwarderOptions();
        options.Labels["level"] = "";
        options.Metadata["pod"] = " , ";
        var schema = new LabelSchema(options);

        Assert.Equal(["namespace", "service"], schema.Labels);
        Assert.DoesNotContain("pod", schema.MetadataNames.Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void The_defaults_of_a_topic_go_before_the_general_ones()
    {
        var options = new ForwarderOptions();
        options.TopicDefaults["shop"] = new() { ["namespace"] = "web", ["service"] = "" };
        var schema = new LabelSchema(options);

        Assert.Equal(["", "web", ""], schema.DefaultsOf("shop").Select(Encoding.UTF8.GetString));
        Assert.Equal(["", "default", "unknown"], schema.DefaultsOf("other").Select(Encoding.UTF8.GetString));
    }

    [Fact]
    public void Defaults_are_found_by_the_name_in_the_settings_or_by_the_one_that_Loki_gets()
    {
        var options = new ForwarderOptions { Labels = new() { ["k8s.cluster"] = "cluster" }, Defaults = new() { ["k8s.cluster"] = "dev" } };
        options.TopicDefaults["shop"] = new() { ["k8s_cluster"] = "prod" };
        var schema = new LabelSchema(options);

        Assert.Equal("dev", Encoding.UTF8.GetString(schema.DefaultsOf("other").Single()));
        Assert.Equal("prod", Encoding.UTF8.GetString(schema.DefaultsOf("shop").Single()));
    }

    [Fact]
    public void As_many_fields_as_the_settings_may_name_fit_beside_those_of_the_known_formats()
    {
        var options = new ForwarderOptions();
        options.Labels.Clear();
        options.Metadata.Clear();
        options.TimestampFields = "";
        var ofFormats = new LabelSchema(options).Fields.Count;

        Assert.InRange(ofFormats + ForwarderOptions.MaxFields + 1, 1, FieldSet.Capacity);
    }
}
