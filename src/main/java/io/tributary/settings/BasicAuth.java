package io.tributary.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Base64;

/** Signing in with a name and a password, RFC 7617. */
public final class BasicAuth {
  private BasicAuth() {}

  /** The value of the header for it, in UTF-8. */
  public static String header(String name, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
  }
}
