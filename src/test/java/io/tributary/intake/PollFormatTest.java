package io.tributary.intake;

import static io.tributary.support.Messages.message;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Limits;
import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.demo.StubRegistry;
import io.tributary.merge.Sections;
import io.tributary.poll.Poll;
import io.tributary.poll.PolledRecords;
import io.tributary.poll.Position;
import io.tributary.schema.SchemaRegistry;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.support.CamelContexts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much is read at once, by how much what was read has grown. */
class PollFormatTest {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final int MOST = 1000;

  private final CamelContext context = CamelContexts.notStarted();
  private final StubRegistry registry = new StubRegistry();
  private PollFormat polls;

  @BeforeEach
  void make() throws Exception {
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            routeTemplate("stream-intake")
                .templateParameter("section")
                .templateParameter("countField")
                .from("direct:{{section}}")
                .to("log:out");
          }
        });
    TemplatedRouteBuilder.builder(context, "stream-intake")
        .routeId("intake")
        .parameter("section", "customers")
        .parameter("countField", "customerCount")
        .add();
    registry.add(1, null, schema("A".repeat(50)), "");
    registry.add(2, null, schema("A".repeat(5000)), "");
    String url = registry.url();
    Settings settings =
        Settings.from(setting -> setting == Setting.SCHEMA_REGISTRY_URL ? url : null);
    SchemaRegistry schemas = SchemaRegistry.of(settings, Duration.ZERO);
    polls =
        new PollFormat(
            new EventDecoder(ContentDedupe.OFF, schemas),
            new Sections(context),
            () -> new Limits(100, MOST),
            false);
  }

  @AfterEach
  void close() throws Exception {
    registry.close();
    context.close();
  }

  @Test
  void readable_isSmallerByWhatThePollGrewBy() {
    // Given
    byte[] value = avro(1);

    // When
    Poll poll = poll(30, value);

    // Then
    int entry = "'A'".length() + 49 + 1;
    assertEquals(MOST / entry, poll.recordsRead());
    assertEquals(MOST / entry, poll.positions().get(PARTITION).next());
    assertEquals(MOST * value.length / entry, polls.readable().maxPayloadBytes());
    assertEquals(100, polls.readable().maxMessages());

    // When what grows so is not cut off any more
    poll(10, value);

    // Then
    assertEquals(MOST * value.length / entry, polls.readable().maxPayloadBytes());
  }

  @Test
  void oddRecord_makesPollsSmallerForAWhile() {
    // Given
    poll(3, avro(2));
    assertEquals(MOST / 16, polls.readable().maxPayloadBytes());

    // When
    for (int i = 0; i < 10; i++) {
      poll(3, message("m" + i, "{\"id\":\"C1\"}"));
    }

    // Then
    assertTrue(polls.readable().maxPayloadBytes() > 0.98 * MOST, polls.readable().toString());
  }

  private Poll poll(int records, byte[] value) {
    List<ConsumerRecord<Object, Object>> read = new ArrayList<>();
    for (int offset = 0; offset < records; offset++) {
      read.add(
          new ConsumerRecord<>(
              PARTITION.topic(),
              PARTITION.partition(),
              offset,
              0,
              TimestampType.CREATE_TIME,
              0,
              value.length,
              null,
              value,
              new RecordHeaders(),
              Optional.empty()));
    }
    Exchange exchange = new DefaultExchange(context);
    exchange.getExchangeExtension().setFromRouteId("intake");
    Position end = new Position(Uuid.ZERO_UUID, records);
    return (Poll)
        polls.unmarshal(
            exchange, new PolledRecords(Map.of(PARTITION, read), Map.of(PARTITION, end)));
  }

  private static String schema(String symbol) {
    return """
    {"type":"record","name":"R","fields":[
      {"name":"messageId","type":"string"},
      {"name":"payload","type":{"type":"array","items":
        {"type":"enum","name":"E","symbols":["%s"]}}}]}
    """
        .formatted(symbol);
  }

  private static byte[] avro(int schema) {
    return StubRegistry.framed(schema, "\u0002m\u0002\0\0".getBytes(UTF_8));
  }
}
