package io.tributary.delivery;

import org.apache.camel.ExchangeException;
import org.apache.camel.http.base.HttpOperationFailedException;

/** What an answer of the API means. It stands here, and nowhere else. */
public enum Verdict {
  /** The batch is delivered. */
  TAKEN,
  /** The batch itself is refused, and no retry will mend that. */
  BATCH_REFUSED,
  /** No answer, or one that says that the API cannot take a batch now. */
  UNAVAILABLE,
  /** Not the batch's fault, and nothing that passes by itself in a second. */
  REFUSING;

  public static Verdict of(int status) {
    if (status / 100 == 2) {
      return TAKEN;
    }
    return switch (status) {
      case 400, 413, 415, 422 -> BATCH_REFUSED;
      case 408, 425, 429 -> UNAVAILABLE;
      default -> status >= 500 ? UNAVAILABLE : REFUSING;
    };
  }

  public static Verdict of(@ExchangeException Exception failure) {
    if (failure instanceof HttpOperationFailedException answer) {
      return of(answer.getStatusCode());
    }
    return failure instanceof NotCalledException why && why.lasting ? REFUSING : UNAVAILABLE;
  }

  public static boolean refusesBatch(@ExchangeException Exception failure) {
    return of(failure) == BATCH_REFUSED;
  }

  /** Whether the halves of a refused batch may fare better: its type is the same for each half. */
  static boolean isAboutContent(int status) {
    return of(status) == BATCH_REFUSED && status != 415;
  }
}
