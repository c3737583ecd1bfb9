package io.tributary.bench;

/**
 * Messages that are there before anything is measured.
 *
 * @param messages in each of the two topics
 */
record Backlog(Topics topics, int messages) {
  /** A backlog whose topics are named by what is in them. */
  static Backlog of(int messages, int partitions, int payloadBytes) {
    String name = "%dx%d-on-%d".formatted(messages, payloadBytes, partitions);
    return new Backlog(new Topics(name, partitions, payloadBytes), messages);
  }

  /** Records in each of the two topics. */
  long recordsOfEach() {
    return (long) messages * topics.recordsOfMessage();
  }

  /** Messages in both topics. */
  long allMessages() {
    return 2L * messages;
  }

  @Override
  public String toString() {
    return "%,d messages of %,d bytes on each of 2 topics, %d partitions"
        .formatted(messages, topics.payloadBytes(), topics.partitions());
  }
}
