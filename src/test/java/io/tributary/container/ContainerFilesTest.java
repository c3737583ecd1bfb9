package io.tributary.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.tributary.container.Dockerfile.Stage;
import io.tributary.settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What can be told of the image and of Compose's file without a container engine. */
class ContainerFilesTest {
  private static final Path COMPOSE = Path.of("docker-compose.yml");
  private static final Pattern PINNED =
      Pattern.compile("[a-z0-9./-]+:v?\\d+\\.\\d+\\.\\d+[\\w.-]*");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:-[^}]*)?}");
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+):(\\d+)");
  private static final Set<String> SETTINGS =
      Arrays.stream(Setting.values()).map(Enum::name).collect(Collectors.toSet());

  private final Dockerfile dockerfile;
  private final JsonNode compose;

  ContainerFilesTest() throws IOException {
    dockerfile = Dockerfile.read(Path.of("Dockerfile"));
    compose = new YAMLMapper().readTree(COMPOSE.toFile());
  }

  @Test
  void images_arePinned() {
    // Given
    List<String> images =
        new ArrayList<>(
            dockerfile.stages().stream()
                .map(Stage::base)
                .filter(base -> !dockerfile.hasStage(base))
                .toList());
    compose.get("services").forEach(service -> images.add(service.path("image").asText()));

    // Then
    for (String image : images) {
      assertTrue(PINNED.matcher(image).matches(), image + " has no whole version");
    }
  }

  @Test
  void tributaryImage_isTheLastStageAndNobodySpecial() {
    // Given
    List<Stage> stages = dockerfile.stages();

    // Then
    assertEquals("tributary", stages.get(stages.size() - 1).name());
    assertTrue(dockerfile.last("tributary", "USER").matches("[1-9]\\d*:[1-9]\\d*"));
    assertTrue(dockerfile.last("demo", "USER").matches("[1-9]\\d*:[1-9]\\d*"));
    assertEquals("java", Dockerfile.exec(dockerfile.last("tributary", "ENTRYPOINT")).get(0));
    assertEquals("java", Dockerfile.exec(dockerfile.last("demo", "ENTRYPOINT")).get(0));
    assertEquals("java", dockerfile.healthCheck("tributary").get(0));
  }

  @Test
  void tributaryImage_hasNothingOfTheDemo() {
    dockerfile
        .instructionsOf("tributary")
        .forEach(instruction -> assertFalse(instruction.arguments().contains("demo")));
  }

  @Test
  void librariesOfTheImage_comeBeforeWhatChangesOften() {
    // When
    List<String> copies =
        dockerfile.instructionsOf("tributary").stream()
            .filter(instruction -> instruction.keyword().equals("COPY"))
            .map(instruction -> instruction.arguments().replaceAll(".* ", ""))
            .toList();

    // Then
    assertEquals(
        List.of("target/lib", "target/tributary.jar", ".", ".", "routes", "src/build/"), copies);
  }

  /** The ignored files are all but those named: a file of the host that is not, is not there. */
  @Test
  void filesThatTheImageCopies_areThereAndNotIgnored() throws IOException {
    // Given
    List<String> ignore = Files.readAllLines(Path.of(".dockerignore"));
    assertEquals("*", ignore.get(0));

    for (Stage stage : dockerfile.stages()) {
      for (String copy : stage.arguments("COPY").filter(c -> !c.startsWith("--")).toList()) {
        // When
        String source = copy.replaceAll(" .*", "");

        // Then
        assertTrue(Files.exists(Path.of(source)), source + " does not exist");
        assertTrue(
            ignore.stream().anyMatch(line -> ("!" + source + "/").startsWith(line + "/")),
            source + " is ignored");
      }
    }
  }

  @Test
  void variables_areSettings() {
    // Given
    List<String> variables = new ArrayList<>();
    compose.at("/services/tributary/environment").fieldNames().forEachRemaining(variables::add);
    VARIABLE.matcher(compose.toString()).results().forEach(found -> variables.add(found.group(1)));
    dockerfile.stage("tributary").arguments("ENV").forEach(e -> variables.add(e.split("=")[0]));

    // Then
    assertFalse(variables.isEmpty());
    variables.forEach(name -> assertTrue(SETTINGS.contains(name), name + " is no setting"));
  }

  @Test
  void ports_areThoseThatAreListenedOnAndOnLoopbackOnly() {
    // Given
    Map<String, Set<String>> expected =
        Map.of(
            "kafka", Set.of("9093"),
            "tributary", Set.of(Setting.MANAGEMENT_PORT.defaultValue()),
            "mock-api", Set.of("8081"),
            "producers", Set.of("8082"),
            "prometheus", Set.of("9090"),
            "grafana", Set.of("3000"),
            "hawtio", Set.of("8080"));

    compose
        .get("services")
        .properties()
        .forEach(
            service ->
                service
                    .getValue()
                    .get("ports")
                    .forEach(
                        port -> {
                          // When
                          var parts = PORT.matcher(port.asText());

                          // Then
                          assertTrue(parts.matches(), port.asText());
                          assertEquals(Set.of(parts.group(1)), expected.get(service.getKey()));
                          assertEquals(parts.group(1), parts.group(2));
                        }));
    assertEquals(Setting.MANAGEMENT_PORT.defaultValue(), dockerfile.last("tributary", "EXPOSE"));
    assertEquals("8081 8082", dockerfile.last("demo", "EXPOSE"));
  }

  @Test
  void addresses_areThoseOfServices() {
    // Given
    JsonNode tributary = compose.at("/services/tributary/environment");

    // Then
    assertEquals(
        "${KAFKA_BOOTSTRAP_SERVERS:-kafka:9092}",
        tributary.get(Setting.KAFKA_BOOTSTRAP_SERVERS.name()).asText());
    assertEquals(
        "${ANALYTICS_API_BASE_URL:-http://mock-api:8081}",
        tributary.get(Setting.ANALYTICS_API_BASE_URL.name()).asText());
    assertTrue(compose.at("/services/kafka/environment").toString().contains("//kafka:9092"));
    assertEquals(
        "kafka:9092", compose.at("/services/producers/environment").elements().next().asText());
  }

  @Test
  void defaultServices_areAWholeFlow() {
    // When
    List<String> services =
        compose.get("services").properties().stream()
            .filter(service -> !service.getValue().has("profiles"))
            .map(Map.Entry::getKey)
            .toList();

    // Then
    assertEquals(List.of("kafka", "tributary", "mock-api", "producers"), services);
  }

  @Test
  void builtServices_haveAStage() {
    compose
        .get("services")
        .forEach(
            service -> {
              if (service.has("build")) {
                assertTrue(dockerfile.hasStage(service.at("/build/target").asText()));
              }
            });
  }

  @Test
  void tributary_canWriteItsStateAndTemporaryFilesOnly() {
    // Given
    JsonNode tributary = compose.at("/services/tributary");

    // Then
    assertTrue(tributary.get("read_only").asBoolean());
    assertEquals("[\"/tmp:exec\"]", tributary.get("tmpfs").toString());
    assertEquals("[\"ALL\"]", tributary.get("cap_drop").toString());
    assertTrue(tributary.toString().contains("no-new-privileges:true"));
    for (JsonNode volume : tributary.get("volumes")) {
      assertTrue(volume.asText().matches("state:/opt/tributary/state|\\..*:ro"), volume.asText());
    }
    assertTrue(
        tributary.get("volumes").toString().contains(dockerfile.last("tributary", "VOLUME")));
  }

  @Test
  void mountedFiles_exist() {
    for (JsonNode service : compose.get("services")) {
      for (JsonNode volume : service.path("volumes")) {
        String source = volume.asText().split(":")[0];
        if (source.startsWith("./ops/") && !Files.exists(Path.of("ops/grafana"))) {
          continue;
        }
        if (source.startsWith(".")) {
          assertTrue(Files.exists(Path.of(source)), source + " does not exist");
        } else {
          assertTrue(compose.get("volumes").has(source), source + " is no volume");
        }
      }
    }
  }

  /** Compose itself reads the file, where it is installed: as Docker's plug-in, or alone. */
  @Test
  void composeFile_isOneForCompose() throws Exception {
    // Given
    List<List<String>> clients = List.of(List.of("docker", "compose"), List.of("docker-compose"));
    List<String> client =
        clients.stream().filter(c -> run(c, "version") == 0).findFirst().orElse(List.of());
    assumeTrue(!client.isEmpty(), "Docker Compose is not installed");

    // Then
    assertEquals(0, run(client, "-f", COMPOSE.toString(), "config", "--quiet"));
  }

  private static int run(List<String> client, String... arguments) {
    List<String> command = new ArrayList<>(client);
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor();
    } catch (IOException noSuchCommand) {
      return -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }
}
