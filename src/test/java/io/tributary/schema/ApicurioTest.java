package io.tributary.schema;

import static io.tributary.demo.StubRegistry.framed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.AvroEvents;
import io.tributary.support.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real registry, as far as it is asked: {@code mvn -Pregistry test} has it downloaded. */
@Tag("registry")
class ApicurioTest {
  private static final Path REGISTRY = Path.of("target/apicurio").toAbsolutePath();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final HttpClient client = HttpClient.newHttpClient();
  private final int port = Ports.free();
  private final String url = "http://127.0.0.1:" + port + "/apis/ccompat/v7";
  private @Nullable Process process;

  @TempDir Path folder;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Files.isDirectory(REGISTRY), "the profile registry has not been used");
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dquarkus.http.port=" + port,
                "-Dquarkus.http.host=127.0.0.1",
                "-cp",
                REGISTRY + "/*:" + REGISTRY + "/lib/*",
                "io.quarkus.runner.GeneratedMain")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(() -> get("http://127.0.0.1:" + port + "/health/ready") == 200);
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void schemasOfAllTypes_areFoundAndUnknownOnesAreNot() throws Exception {
    // Given
    String point =
        "{\"type\":\"record\",\"name\":\"a.Point\",\"fields\":[{\"name\":\"x\",\"type\":\"int\"}]}";
    post("a.Point", "AVRO", point, null);
    int line =
        post(
            "line",
            "AVRO",
            "{\"type\":\"record\",\"name\":\"Line\",\"fields\":[{\"name\":\"to\",\"type\":\"a.Point\"}]}",
            "[{\"name\":\"a.Point\",\"subject\":\"a.Point\",\"version\":1}]");
    int message = post("message", "AVRO", AvroEvents.SCHEMA, null);
    int json =
        post(
            "json",
            "JSON",
            "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"object\"}",
            null);
    int protobuf = post("protobuf", "PROTOBUF", "syntax = \"proto3\"; message M {}", null);
    SchemaRegistry registry =
        new SchemaRegistry(
            Settings.from(Map.of(Setting.SCHEMA_REGISTRY_URL, url)::get),
            Duration.ofSeconds(60),
            System::nanoTime);

    // Then
    assertEquals("{\"to\":{\"x\":1}}", json(registry, framed(line, new byte[] {2})));
    assertEquals(
        "{\"messageId\":\"m\",\"payload\":[" + AvroEvents.json("C1", "1.10") + "]}",
        json(registry, AvroEvents.framed(message, "m", "C1", 110)));
    assertEquals("{}", json(registry, framed(json, "{}".getBytes(UTF_8))));
    UnfitException other =
        assertThrows(UnfitException.class, () -> registry.json(framed(protobuf, new byte[0])));
    assertEquals(
        "its schema " + protobuf + " is of the type PROTOBUF, which is not read",
        other.getMessage());
    RegistryException unknown =
        assertThrows(RegistryException.class, () -> registry.json(framed(4711, new byte[0])));
    assertEquals("The schema registry does not know the id 4711 yet", unknown.getMessage());
    int largest = Integer.MAX_VALUE;
    unknown =
        assertThrows(RegistryException.class, () -> registry.json(framed(largest, new byte[0])));
    assertEquals("The schema registry does not know the id 2147483647 yet", unknown.getMessage());
  }

  @Test
  void wrongPath_isNotTakenForAnUnknownSchema() {
    // Given
    SchemaRegistry registry =
        new SchemaRegistry(
            Settings.from(Map.of(Setting.SCHEMA_REGISTRY_URL, url + "/wrong")::get),
            Duration.ZERO,
            System::nanoTime);

    // Then
    RegistryException failed =
        assertThrows(RegistryException.class, () -> registry.json(framed(1, new byte[0])));
    assertEquals(
        "The schema registry "
            + url
            + "/wrong answers 404, and not as a registry does; is its URL right?",
        failed.getMessage());
  }

  private int post(String subject, String type, String schema, @Nullable String references)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("schema", schema).put("schemaType", type);
    if (references != null) {
      body.set("references", JSON.readTree(references));
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/subjects/" + subject + "/versions"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    JsonNode answer = JSON.readTree(client.send(request, BodyHandlers.ofString()).body());
    assertEquals(true, answer.path("id").isInt(), answer.toString());
    return answer.path("id").asInt();
  }

  private int get(String address) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    return client.send(request, BodyHandlers.ofString()).statusCode();
  }

  private static String json(SchemaRegistry registry, byte[] value) throws IOException {
    return new String(registry.json(value), UTF_8);
  }
}
