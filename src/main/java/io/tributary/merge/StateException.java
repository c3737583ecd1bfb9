package io.tributary.merge;

/**
 * The state folder cannot be read or written. The message names the folder and what is wrong with
 * it.
 */
public final class StateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean damage;

  public StateException(String message, Throwable cause) {
    super(message, cause);
    this.damage = false;
  }

  public StateException(String message) {
    super(message);
    this.damage = false;
  }

  private StateException(String message, boolean damage) {
    super(message);
    this.damage = damage;
  }

  /**
   * What was written is not there any more.
   *
   * @param folder the folder, as messages name it
   */
  static StateException damaged(Object folder, String why) {
    return new StateException(folder + " is damaged: " + why, true);
  }

  /** Whether what was written is not there any more; nothing but setting it aside mends that. */
  public boolean isDamage() {
    return damage;
  }
}
