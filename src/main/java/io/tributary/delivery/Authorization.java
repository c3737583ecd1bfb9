package io.tributary.delivery;

import io.tributary.settings.ApiCredentials;
import io.tributary.settings.ApiCredentials.Basic;
import io.tributary.settings.ApiCredentials.Bearer;
import io.tributary.settings.ApiCredentials.BearerFile;
import io.tributary.settings.ApiCredentials.ClientCredentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.jspecify.annotations.Nullable;

/** Where the header {@code Authorization} comes from. Safe for several threads. */
@FunctionalInterface
interface Authorization {
  /**
   * The header of the next call; null for none.
   *
   * @throws TokenException when there is none to be had
   */
  @Nullable String header(Cut cut) throws IOException;

  /**
   * Another header in place of one that the API answered with 401; null when there is no other.
   *
   * @throws TokenException when there is none to be had
   */
  default @Nullable String inPlaceOf(String refused, Cut cut) throws IOException {
    return null;
  }

  /**
   * What the credentials ask for.
   *
   * @param client makes the client that calls a token endpoint
   */
  static Authorization of(ApiCredentials credentials, Supplier<CloseableHttpClient> client) {
    if (credentials instanceof Basic basic) {
      String pair = basic.username() + ":" + basic.password().value();
      String header = basic(pair);
      return cut -> header;
    }
    if (credentials instanceof Bearer bearer) {
      String header = bearer(bearer.token().value());
      return cut -> header;
    }
    if (credentials instanceof BearerFile token) {
      return new TokenFile(token.file());
    }
    if (credentials instanceof ClientCredentials clientCredentials) {
      return new TokenEndpoint(clientCredentials, client);
    }
    return cut -> null;
  }

  static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  static String bearer(String token) {
    return "Bearer " + token;
  }
}
