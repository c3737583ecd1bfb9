package io.tributary.operations;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.support.Kafka;
import io.tributary.support.Management;
import io.tributary.support.Messages;
import io.tributary.support.Patience;
import io.tributary.support.RecordingApi;
import io.tributary.support.Rig;
import io.tributary.support.RunningTributary;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Prometheus reads, and what {@code ops/} makes of it. */
class MetricsTest {
  private static final Path OPS = Path.of("ops").toAbsolutePath();
  private static final List<String> USES_OF_METRICS =
      List.of("prometheus/tributary-alerts.yml", "grafana/dashboards/tributary.json");
  private static final Pattern METRIC = Pattern.compile("\\b(tributary|kafka|jvm|process)_\\w+");

  @RegisterExtension final Rig rig = new Rig();
  private final String customers = rig.customers();
  private final String products = rig.products();
  private final RecordingApi api = rig.api();
  private final Management management = rig.management();

  @Test
  void metrics_areWhatPrometheusAndTheRulesAndTheDashboardExpect() throws Exception {
    rig.start();

    // Given
    Kafka.send(
        List.of(
            new ProducerRecord<>(customers, Messages.message("m1", "{\"id\":\"C1\"}")),
            new ProducerRecord<>(customers, new byte[0]),
            new ProducerRecord<>(products, Messages.message("m2", "{\"id\":\"P1\"}"))));
    await().until(() -> !api.applied().isEmpty());
    await().until(() -> metrics().contains("delivery_attempts_total{"));
    awaitLag(customers);
    awaitLag(products);
    System.gc(); // a meter of the JVM begins with the first pause
    await().until(() -> metrics().contains("jvm_gc_pause_seconds_max"));

    // When
    String metrics = metrics();

    // Then
    for (String meter :
        List.of(
            "tributary_events_total counter",
            "tributary_batches_total counter",
            "tributary_records_total counter",
            "tributary_delivery_attempts_total counter",
            "tributary_delivery_seconds summary",
            "tributary_open_batch_messages gauge",
            "tributary_pending_batches gauge",
            "tributary_dedupe_entries gauge",
            "tributary_lost_offsets_total counter",
            "tributary_unaccounted_events gauge")) {
      assertTrue(metrics.contains("# TYPE " + meter + "\n"), meter + " is not in " + metrics);
      assertTrue(metrics.contains("# HELP " + meter.replaceAll(" .*", " ")), meter);
    }
    assertTrue(metrics.contains("tributary_batches_total{outcome=\"dead_letter\"} 0.0"), metrics);
    assertTrue(metrics.contains("kafka_producer_record_send_total{"), metrics);
    for (String file : USES_OF_METRICS) {
      assertEquals(Set.of(), missing(OPS.resolve(file), metrics), file);
    }
    assertEquals(List.of(), complaints(metrics));
  }

  @Test
  void metersOfAConsumer_endWithIt() throws Exception {
    RunningTributary running = rig.start();

    // Given
    awaitLag(customers);

    // When
    running.context().getRouteController().stopRoute("customer-intake");

    // Then
    assertEquals("none", lag(customers));
    assertFalse(consumerMeters().anyMatch(line -> line.contains(customers + "-0\"")), metrics());
    assertTrue(consumerMeters().anyMatch(line -> line.contains(products + "-0\"")), metrics());

    // When
    running.context().getRouteController().startRoute("customer-intake");

    // Then
    awaitLag(customers);
  }

  @Test
  void rules_areValidAndFireWhenTheyShould() throws Exception {
    // When
    Run config = promtool("", "check", "config", "prometheus.yml");
    Run rules = promtool("", "test", "rules", "tributary-alerts-test.yml");

    // Then
    assertEquals(0, config.status(), config.output());
    assertEquals(0, rules.status(), rules.output());
  }

  private static Set<String> missing(Path file, String metrics) throws IOException {
    Set<String> missing = new TreeSet<>();
    METRIC
        .matcher(Files.readString(file))
        .results()
        .map(MatchResult::group)
        .filter(name -> !Pattern.compile("(?m)^" + name + "[ {]").matcher(metrics).find())
        .forEach(missing::add);
    return missing;
  }

  /** What Prometheus has to say about the meters of our own; the others' names are theirs. */
  private List<String> complaints(String metrics) throws Exception {
    if (!isInstalled()) {
      return List.of();
    }
    Run run = promtool(metrics, "check", "metrics");
    return run.output()
        .lines()
        .filter(line -> line.startsWith("tributary_") || line.contains("error"))
        .filter(line -> !line.startsWith("kafka_"))
        .toList();
  }

  private record Run(int status, String output) {}

  private Run promtool(String input, String... arguments) throws Exception {
    assumeTrue(isInstalled(), "No promtool on the PATH: Prometheus does not check ops/");
    Path in = Files.writeString(rig.folder().resolve("in.txt"), input);
    Path out = rig.folder().resolve("out.txt");
    Process process =
        new ProcessBuilder(Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList())
            .directory(OPS.resolve("prometheus").toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    try {
      assertTrue(process.waitFor(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS), "promtool hangs");
      return new Run(process.exitValue(), Files.readString(out));
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean isInstalled() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> new File(path, "promtool").canExecute());
  }

  private String metrics() throws Exception {
    return management.get("/observe/metrics");
  }

  private Stream<String> consumerMeters() throws Exception {
    return metrics().lines().filter(line -> line.startsWith("kafka_consumer_"));
  }

  /** The client forgets it with each rebalance, and knows it again when it has read a record. */
  private void awaitLag(String topic) {
    await()
        .pollInterval(Duration.ofSeconds(1))
        .until(
            () -> {
              byte[] message = Messages.message(UUID.randomUUID().toString(), "{\"id\":1}");
              Kafka.send(List.of(new ProducerRecord<>(topic, message)));
              return lag(topic).equals("0.0");
            });
  }

  /** The figure of the topic's partition, or "none". */
  private String lag(String topic) throws Exception {
    return consumerMeters()
        .filter(line -> line.startsWith("kafka_consumer_fetch_manager_records_lag{"))
        .filter(line -> line.contains("topic=\"" + topic + "\""))
        .map(line -> line.substring(line.indexOf("} ") + 2))
        .findFirst()
        .orElse("none");
  }
}
