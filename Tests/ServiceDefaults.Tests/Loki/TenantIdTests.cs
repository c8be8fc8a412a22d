using System.Text;
using Observability.ServiceDefaults.Loki;

namespace Observability.ServiceDefaults.Tests.Loki;

/// <summary>
/// The rule of dskit's <c>tenant.ValidTenantID</c>, which Loki answers 401 by: a line's tenant must not block its partition for ever.
/// </summary>
public sealed class TenantIdTests
{
    [Theory]
    [InlineData("team-a", true)]
    [InlineData("A.b_c!d*e'(f)9", true)]
    [InlineData("...", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a|b", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    [InlineData("Köln", false)]
    public void Only_what_Loki_takes_is_a_tenant(string tenant,
        bool expected) => Assert.Equal(expected, TenantId.IsValid(Encoding.UTF8.GetBytes(tenant)));

    [Fact]
    public void A_tenant_has_150_characters_at_the_most()
    {
        Assert.True(TenantId.IsValid(Encoding.UTF8.GetBytes(new string('a', 150))));
        Assert.False(TenantId.IsValid(Encoding.UTF8.GetBytes(new string('a', 151))));
    }
}
