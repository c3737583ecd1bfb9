package io.tributary.merge;

/**
 * The state folder cannot be read or written. The message names the folder and what is wrong with
 * it.
 */
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StateException(String message, Throwable cause) {
    super(message, cause);
  }

  public StateException(String message) {
    super(message);
  }
}
