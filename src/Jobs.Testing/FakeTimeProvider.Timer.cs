using Jobs.Testing.Watching;

namespace Jobs.Testing;

public sealed partial class FakeTimeProvider
{
    private sealed class Timer(FakeTimeProvider clock, TimerCallback callback, object? state) : ITimer, IThreadPoolWorkItem
    {
        private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _disposed;

        /// <summary>The run that waits for this timer, or null. Not from the captured context: Task.Delay makes its timers without one.</summary>
        public HandlerWatch? Handler { get; } = HandlerWatch.Current;

        public static IComparer<Timer> ByDue { get; } =
            Comparer<Timer>.Create(static (left, right) => (left.Due, left.Sequence).CompareTo((right.Due, right.Sequence)));

        // The clock's lock guards these; due and sequence never change while the timer is among the pending ones.
        public long Due { get; set; }

        public long Sequence { get; set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Check(dueTime, nameof(dueTime));
            Check(period, nameof(period));
            lock (clock._lock)
            {
                if (_disposed)
                {
                    return false;
                }

                clock.Unschedule(this);
                Period = Math.Max(0, period.Ticks);
                if (dueTime < TimeSpan.Zero)
                {
                    return true;
                }

                clock.Schedule(this, clock._utcTicks + dueTime.Ticks);
            }

            if (dueTime == TimeSpan.Zero)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            return true;
        }

        public void Fire()
        {
            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, static timer => ((Timer)timer!).Invoke(), this);
            }
        }

        public void Execute() => clock.Advance(TimeSpan.Zero);

        public void Dispose()
        {
            lock (clock._lock)
            {
                _disposed = true;
                clock.Unschedule(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private static void Check(TimeSpan span, string name)
        {
            if (span != Timeout.InfiniteTimeSpan && (span < TimeSpan.Zero || span > Longest))
            {
                throw new ArgumentOutOfRangeException(name, span, "A timer takes 0 to 4,294,967,294 ms, or Timeout.InfiniteTimeSpan.");
            }
        }

        private void Invoke() => callback(state);
    }
}
