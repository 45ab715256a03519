namespace Jobs.Brokers.Sqs.Protocol;

/// <summary>Something that SQS can be asked to do.</summary>
internal sealed class SqsAction
{
    public static readonly SqsAction ChangeMessageVisibilityBatch = new(nameof(ChangeMessageVisibilityBatch), "sqs:ChangeMessageVisibility");
    public static readonly SqsAction CreateQueue = new(nameof(CreateQueue), "sqs:CreateQueue");
    public static readonly SqsAction DeleteMessageBatch = new(nameof(DeleteMessageBatch), "sqs:DeleteMessage");
    public static readonly SqsAction DeleteQueue = new(nameof(DeleteQueue), "sqs:DeleteQueue");
    public static readonly SqsAction GetQueueAttributes = new(nameof(GetQueueAttributes), "sqs:GetQueueAttributes");
    public static readonly SqsAction GetQueueUrl = new(nameof(GetQueueUrl), "sqs:GetQueueUrl");
    public static readonly SqsAction ListQueueTags = new(nameof(ListQueueTags), "sqs:ListQueueTags");
    public static readonly SqsAction PurgeQueue = new(nameof(PurgeQueue), "sqs:PurgeQueue");
    public static readonly SqsAction ReceiveMessage = new(nameof(ReceiveMessage), "sqs:ReceiveMessage");
    public static readonly SqsAction SendMessageBatch = new(nameof(SendMessageBatch), "sqs:SendMessage");
    public static readonly SqsAction SetQueueAttributes = new(nameof(SetQueueAttributes), "sqs:SetQueueAttributes");
    public static readonly SqsAction StartMessageMoveTask = new(nameof(StartMessageMoveTask), "sqs:StartMessageMoveTask");
    public static readonly SqsAction TagQueue = new(nameof(TagQueue), "sqs:TagQueue");
    public static readonly SqsAction UntagQueue = new(nameof(UntagQueue), "sqs:UntagQueue");

    private SqsAction(string name, string permission) => (Name, Permission, Target) = (name, permission, $"AmazonSQS.{name}");

    public string Name { get; }

    /// <summary>What IAM must allow for it.</summary>
    public string Permission { get; }

    /// <summary>The value of the header <c>X-Amz-Target</c>.</summary>
    public string Target { get; }
}
