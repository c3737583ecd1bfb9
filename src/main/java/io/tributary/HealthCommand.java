package io.tributary;

import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/**
 * Asks the Tributary that runs on this machine whether it is alive. For a container's health check:
 * an image need not have any other program that speaks HTTP.
 */
final class HealthCommand {
  private static final int PATIENCE_MILLIS = 3_000;
  private static final int LONGEST_ANSWER = 4_000;

  private HealthCommand() {}

  /**
   * Asks once.
   *
   * @return what it answered
   * @throws IOException when nobody answers in time, or it says that it is not alive
   */
  static String ask(Settings settings) throws IOException {
    URL live = live(settings).toURL();
    int status;
    try {
      HttpURLConnection connection = (HttpURLConnection) live.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(PATIENCE_MILLIS);
      connection.setReadTimeout(PATIENCE_MILLIS);
      status = connection.getResponseCode();
      if (status == HttpURLConnection.HTTP_OK) {
        try (InputStream body = connection.getInputStream()) {
          return new String(body.readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
        }
      }
    } catch (IOException e) {
      throw new IOException("nobody answers at " + live + ": " + e.getMessage(), e);
    }
    throw new IOException(live + " answers " + status);
  }

  /** Who binds to every address, as in a container, is asked on the loopback address. */
  private static URI live(Settings settings) throws IOException {
    InetAddress bound = InetAddress.getByName(settings.text(Setting.MANAGEMENT_HOST));
    InetAddress asked = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
    int port = settings.whole(Setting.MANAGEMENT_PORT);
    try {
      String host = asked.getHostAddress();
      return new URI("http", null, host, port, "/observe/health/live", null, null);
    } catch (URISyntaxException e) {
      throw new IOException("Nobody can be asked at " + asked, e);
    }
  }
}
