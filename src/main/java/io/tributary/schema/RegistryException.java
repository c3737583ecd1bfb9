package io.tributary.schema;

/** The registry cannot give a schema now, which is no fault of the record: it is read again. */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryException(String message) {
    super(message);
  }
}
