using System.Text;
using CsCheck;
using Observability.Forwarder.Lines;
using Observability.Forwarder.Tests.Decoding;

namespace Observability.Forwarder.Tests.Lines;

public sealed class FieldTableTests
{
    [Fact]
    public void Any_set_of_names_is_found_as_a_dictionary_would() => Gen.Select(Texts.Any.Array[0, 30], Texts.Any.Array[0, 30]).Sample(
        (names, others) =>
        {
            var table = new FieldTable(names.Select((name, index) => KeyValuePair.Create(name, new FieldUse(index, 0))));
            foreach (var name in names.Concat(others))
            {
                var field = table.Find(Encoding.UTF8.GetBytes(name));
                var expected = names.Index().Where(entry => entry.Item == name).Select(entry => entry.Index);

                Assert.Equal(expected, field < 0 ? [] : table.Uses(field).ToArray().Select(use => use.Target));
            }
        },
        iter: 500);
}
