namespace Jobs.Brokers.Tests.Stores;

/// <summary>What a worker loses, and when.</summary>
public enum Loss
{
    AllBeforeTheEffect,
    AllAfterTheEffect,
    StoreForAWhileAfterTheEffect,
    AnswerOfTheStoreAfterTheEffect,
    BrokerAfterTheEffect,
}
