package io.tributary.reliability;

import io.tributary.reliability.Crash.Side;

/** The steps at which a process can die, in the order in which a poll passes them. */
enum CrashPoint {
  DECODED("after a poll is decoded", Side.AFTER, "customers-decode-poll", Later.POLLS),
  IDS_REMEMBERED(
      "after the first idempotent consumer",
      Side.BEFORE,
      "customers-drop-seen-contents",
      Later.POLLS),
  CONTENTS_REMEMBERED(
      "after the second idempotent consumer",
      Side.BEFORE,
      "customers-send-dead-letters",
      Later.POLLS),
  SENDING_DEAD_LETTERS(
      "before the dead letters of a poll are sent", Side.BEFORE, "send-records", Later.POLLS),
  DEAD_LETTERS_SENT(
      "after the dead letters of a poll are sent and before it is stored",
      Side.AFTER,
      "send-records",
      Later.POLLS),
  MERGING("before a poll is merged", Side.BEFORE, "customers-store-poll", Later.POLLS),
  STORING("before the store's transaction", Side.BEFORE, "mergeRepository.add", Later.POLLS),
  STORED("after the store's transaction", Side.AFTER, "mergeRepository.add", Later.POLLS),
  MERGED("after a poll is merged", Side.AFTER, "merge-polls", Later.POLLS),
  ACCOUNTING("before a stored poll is counted", Side.BEFORE, "customers-account-poll", Later.POLLS),
  ACCOUNTED("after a stored poll is counted", Side.AFTER, "customers-account-poll", Later.POLLS),
  WINDOW_OVER("before a batch whose time is over", Side.BEFORE, "complete-batch", Later.BATCHES),
  COMPLETING("before a batch is completed", Side.BEFORE, "mergeRepository.remove", Later.BATCHES),
  COMPLETED(
      "while a batch is completed, its head written and nothing sent",
      Side.AFTER,
      "mergeRepository.remove",
      Later.BATCHES),
  HANDED_OVER("after a batch is handed to delivery", Side.AFTER, "complete-batch", Later.BATCHES),
  POSTING("before the POST", Side.BEFORE, "post-batch", Later.BATCHES),
  ANSWER_UNREAD("after the API has applied a batch and before its answer is read", Later.BATCHES),
  ANSWERED("after the answer", Side.AFTER, "post-batch", Later.BATCHES),
  SETTLED("after a batch is settled", Side.AFTER, "settle-batch", Later.BATCHES),
  CONFIRMING(
      "before a settled batch is forgotten",
      Side.BEFORE,
      "mergeRepository.confirmWithResult",
      Later.BATCHES),
  CONFIRMED(
      "after a batch is forgotten", Side.AFTER, "mergeRepository.confirmWithResult", Later.BATCHES),
  REFUSED(
      "before the dead letter of a refused batch is sent",
      Side.BEFORE,
      "send-batch",
      Later.BATCHES),
  REFUSAL_SENT(
      "after the dead letter of a refused batch is sent and before it is settled",
      Side.AFTER,
      "send-batch",
      Later.BATCHES),
  REFUSAL_SETTLED(
      "after a refused batch is settled", Side.AFTER, "settle-refused-batch", Later.BATCHES);

  private final String sentence;
  private final Side side;
  private final String step;
  private final int laterPass;

  CrashPoint(String sentence, Side side, String step, int laterPass) {
    this.sentence = sentence;
    this.side = side;
    this.step = step;
    this.laterPass = laterPass;
  }

  /** A point that only the API can see. */
  CrashPoint(String sentence, int laterPass) {
    this(sentence, Side.AFTER, "", laterPass);
  }

  /** Before or after the step. */
  Side side() {
    return side;
  }

  /** The step, as {@link CrashingTributary} knows it; empty when the API kills the process. */
  String step() {
    return step;
  }

  /** Whether the API kills the process. */
  boolean isAtTheApi() {
    return step.isEmpty();
  }

  /** Whether the API refuses batches. */
  boolean needsRefusals() {
    return this == REFUSED || this == REFUSAL_SENT || this == REFUSAL_SETTLED;
  }

  /** A pass at which the store holds what came before. */
  int laterPass() {
    return laterPass;
  }

  @Override
  public String toString() {
    return sentence;
  }

  /** How many passes it takes until the store holds something. */
  private static final class Later {
    static final int POLLS = 4;
    static final int BATCHES = 3;
  }
}
