namespace Observability.Forwarder.Tests.Delivery;

/// <summary>Runs tasks when it is told to, on the thread that tells it.</summary>
internal sealed class QueuedTaskScheduler : TaskScheduler
{
    private readonly List<Task> _tasks = [];

    public int Waiting => _tasks.Count;

    public void RunAll()
    {
        while (_tasks.Count > 0)
            Run(0);
    }

    public void Run(int index)
    {
        var task = _tasks[index];
        _tasks.RemoveAt(index);
        TryExecuteTask(task);
    }

    protected override void QueueTask(Task task) => _tasks.Add(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _tasks;
}
