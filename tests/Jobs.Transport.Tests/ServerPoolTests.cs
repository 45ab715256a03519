using System.Net;

namespace Jobs.Transport.Tests;

public sealed class ServerPoolTests
{
    [Fact]
    public void All_are_tried_in_turn_each_once()
    {
        var pool = new ServerPool([Server("a"), Server("b"), Server("a"), Server("c")]);

        Assert.Equal(["a", "b", "c"], Turn(pool).Order());
        Assert.Equal(Turn(pool), Turn(pool));
    }

    [Fact]
    public void Those_that_were_named_are_tried_too_and_the_current_one_last()
    {
        var pool = new ServerPool([Server("a"), Server("b")]);
        var current = pool.Current.Host;
        pool.Learn([Server("c"), Server("a")]);

        Assert.Equal(current, pool.Current.Host);
        Assert.Equal(["a", "b", "c"], Turn(pool).Order());
        pool.MoveOn();
        Assert.Equal(current, Turn(pool)[^1]);
    }

    [Fact]
    public void Those_that_are_named_no_more_are_forgotten_but_not_the_known()
    {
        var pool = new ServerPool([Server("a")]);
        pool.Learn([Server("b"), Server("c")]);
        pool.Learn([Server("c")]);
        Assert.Equal(["a", "c"], Turn(pool).Order());

        pool.Learn([]);
        Assert.Equal(["a"], Turn(pool));
    }

    private static DnsEndPoint Server(string host) => new(host, 1);

    private static string[] Turn(ServerPool pool)
    {
        var hosts = new string[pool.Count];
        for (var i = 0; i < hosts.Length; i++, pool.MoveOn())
        {
            hosts[i] = pool.Current.Host;
        }

        return hosts;
    }
}
