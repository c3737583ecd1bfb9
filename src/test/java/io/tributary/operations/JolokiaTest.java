package io.tributary.operations;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.tributary.settings.Setting;
import io.tributary.support.Messages;
import io.tributary.support.Patience;
import io.tributary.support.Ports;
import io.tributary.support.RunningTributary;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jolokia on the management port. It needs no broker. */
class JolokiaTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<String> PATHS =
      List.of("/", "/observe/health", "/observe/metrics", "/observe/status", "/observe/jolokia/");
  private static final String NOWHERE = "127.0.0.1:1";

  private final int port = Ports.free();
  private final String beans = "org.apache.camel:context=tributary-" + port + ",type=";

  @TempDir Path folder;

  @Test
  void readOnly_answersWhatHawtioAsks_andRefusesToChange() throws Exception {
    try (RunningTributary running = tributary().start()) {
      // When, Then
      assertTrue(isAnswered("{'type':'version'}"));
      assertTrue(isAnswered("{'type':'list','path':'org.apache.camel'}"));
      JsonNode found = ask("{'type':'search','mbean':'" + beans + "routes,*'}").path("value");
      assertTrue(found.toString().contains("customer-intake"), found.toString());
      assertTrue(isAnswered("{'type':'read','mbean':'" + beans + "tributary,name=Tributary'}"));
      JsonNode routes =
          ask(exec("context,name=\\\"tributary-" + port + "\\\"", "dumpRoutesAsXml()"));
      assertTrue(routes.path("value").asText().contains("merge-polls"), routes.toString());
      assertTrue(
          isAnswered(
              exec(
                  "context,name=\\\"tributary-" + port + "\\\"",
                  "dumpRoutesStatsAsXml(boolean,boolean)",
                  "true",
                  "true")));
      assertTrue(isAnswered(exec("tributary,name=Tributary", "listPendingBatches")));

      assertRefused(exec("tributary,name=Tributary", "completeOpenBatch"));
      assertRefused(exec("tributary,name=Tributary", "pauseIntake", "'me'"));
      assertRefused(exec("routes,name=\\\"customer-intake\\\"", "stop()"));
      assertRefused("{'type':'exec','mbean':'java.lang:type=Memory','operation':'gc'}");
      String runtime = "{'type':'read','mbean':'java.lang:type=Runtime','attribute':'%s'}";
      assertTrue(isAnswered(runtime.formatted("Uptime")));
      assertRefused(runtime.formatted("SystemProperties"));
      assertRefused(runtime.formatted("InputArguments"));
      assertRefused(
          "{'type':'write','mbean':'"
              + beans
              + "routes,name=\\\"customer-intake\\\"',"
              + "'attribute':'StatisticsEnabled','value':false}");
    }
  }

  @Test
  void writeAccess_isForUsersWithTheirPassword_andForCamelsBeansOnly() throws Exception {
    // Given
    Path users = Files.writeString(folder.resolve("users"), "user.ada = s3cret:with spaces\n");
    try (RunningTributary running =
        tributary()
            .set(Setting.MANAGEMENT_USERS_FILE, users)
            .set(Setting.JOLOKIA_WRITE, "on")
            .start()) {
      String pause = exec("tributary,name=Tributary", "pauseIntake", "'Ada'");

      // When, Then
      assertEquals(401, post(pause, "").statusCode());
      assertEquals(401, post(pause, "ada:wrong").statusCode());
      assertEquals(401, post(pause, "eve:s3cret:with spaces").statusCode());
      assertEquals(401, get("/observe/jolokia").statusCode());
      assertEquals(401, get("/observe/jolokia/version").statusCode());
      assertEquals(401, get("/observe/health/../jolokia/version").statusCode());
      assertFalse(get("/observe//jolokia/version").statusCode() == 200);
      assertEquals(200, get("/observe/health/live").statusCode());
      assertEquals(200, get("/observe/metrics").statusCode());
      assertEquals(200, get("/observe/status").statusCode());
      assertFalse(get("/observe/status").body().contains("s3cret"));

      JsonNode answer = Messages.json(post(pause, "ada:s3cret:with spaces").body());
      assertEquals(200, answer.path("status").intValue(), answer.toString());
      assertTrue(get("/observe/status").body().contains("\"pausedBy\":\"Ada\""));
      String elsewhere = postFrom("http://evil.example", pause, "ada:s3cret:with spaces").body();
      assertFalse(Messages.json(elsewhere).path("status").intValue() == 200, elsewhere);
      String link = "/observe/jolokia/exec/" + beans + "tributary,name=Tributary/resumeIntake";
      String refused = get(link, "ada:s3cret:with spaces").body();
      assertEquals(403, Messages.json(refused).path("status").intValue(), refused);
      String gc = "{'type':'exec','mbean':'java.lang:type=Memory','operation':'gc'}";
      assertEquals(
          403, Messages.json(post(gc, "ada:s3cret:with spaces").body()).path("status").intValue());
    }
  }

  @Test
  void otherOrigins_areAllowedNothing() throws Exception {
    try (RunningTributary running = tributary().start()) {
      for (String path : PATHS) {
        for (String method : List.of("GET", "OPTIONS")) {
          // When
          HttpRequest request =
              HttpRequest.newBuilder(url(path))
                  .timeout(Patience.LIMIT)
                  .method(method, BodyPublishers.noBody())
                  .header("Origin", "http://evil.example")
                  .header("Access-Control-Request-Method", "POST")
                  .build();
          Set<String> headers =
              HTTP.send(request, BodyHandlers.ofString()).headers().map().keySet();

          // Then
          assertTrue(
              headers.stream().noneMatch(name -> name.startsWith("access-control")),
              method + " " + path + " " + headers);
        }
      }
    }
  }

  @Test
  void http2InTheClear_isNotSpoken() throws Exception {
    try (RunningTributary running = tributary().start()) {
      // When asked to go over to it, as Java's client does by itself
      for (String path : PATHS) {
        assertEquals(HttpClient.Version.HTTP_1_1, get(path).version());
      }

      // When begun with it, and the empty SETTINGS that a server answers with its own
      try (Socket connection = new Socket("127.0.0.1", port)) {
        connection.setSoTimeout((int) Patience.LIMIT.toMillis());
        OutputStream out = connection.getOutputStream();
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
        out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
        byte[] answer = connection.getInputStream().readNBytes("HTTP/".length());

        // Then it is refused as a request of HTTP/1, and no frame comes back
        assertEquals("HTTP/", new String(answer, US_ASCII));
      }
    }
  }

  private void assertRefused(String request) throws Exception {
    JsonNode answer = ask(request);
    assertEquals(403, answer.path("status").intValue(), answer.toString());
  }

  private boolean isAnswered(String request) throws Exception {
    return ask(request).path("status").intValue() == 200;
  }

  private String exec(String bean, String operation, String... arguments) {
    return "{'type':'exec','mbean':'%s%s','operation':'%s','arguments':[%s]}"
        .formatted(beans, bean, operation, String.join(",", arguments));
  }

  private JsonNode ask(String request) throws Exception {
    return Messages.json(post(request, "").body());
  }

  private HttpResponse<String> post(String request, String user)
      throws IOException, InterruptedException {
    return postFrom("", request, user);
  }

  private HttpResponse<String> postFrom(String origin, String request, String user)
      throws IOException, InterruptedException {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(url("/observe/jolokia/"))
            .timeout(Patience.LIMIT)
            .POST(BodyPublishers.ofString(request.replace('\'', '"')));
    authorize(post, user);
    if (!origin.isEmpty()) {
      post.header("Origin", origin);
    }
    return HTTP.send(post.build(), BodyHandlers.ofString());
  }

  private static void authorize(HttpRequest.Builder request, String user) {
    if (!user.isEmpty()) {
      byte[] plain = user.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(plain));
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(path, "");
  }

  private HttpResponse<String> get(String path, String user)
      throws IOException, InterruptedException {
    HttpRequest.Builder get = HttpRequest.newBuilder(url(path)).timeout(Patience.LIMIT);
    authorize(get, user);
    return HTTP.send(get.build(), BodyHandlers.ofString());
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private RunningTributary.Builder tributary() {
    return RunningTributary.with(folder.resolve("state"), NOWHERE, "http://127.0.0.1:1")
        .withMBeans()
        .set(Setting.MANAGEMENT_PORT, port);
  }
}
