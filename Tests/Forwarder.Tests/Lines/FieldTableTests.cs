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
            var table = new FieldTable(names);
            var expected = names.Distinct().ToList();

            Assert.Equal(expected.Count, table.Count);
            foreach (var name in names.Concat(others))
                Assert.Equal(expected.IndexOf(name), table.Find(Encoding.UTF8.GetBytes(name)));
        },
        iter: 500);
}
