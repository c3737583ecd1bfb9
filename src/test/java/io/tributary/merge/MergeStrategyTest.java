package io.tributary.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.batch.BatchJson;
import io.tributary.batch.Limits;
import io.tributary.batch.Section;
import io.tributary.event.Event;
import io.tributary.event.Outcome;
import io.tributary.poll.Poll;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import io.tributary.support.CamelContexts;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeStrategyTest {

  private final CamelContext context = CamelContexts.notStarted();
  private final Sections sections = new Sections(context);
  private final Events events = Events.customers();

  @BeforeEach
  void addIntakeRoutes() throws Exception {
    context.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            routeTemplate("stream-intake")
                .templateParameter("topic")
                .templateParameter("section")
                .templateParameter("countField")
                .from("direct:{{section}}")
                .to("log:out");
            from("direct:other").routeId("other").to("log:out");
          }
        });
    addIntake("customer-intake", "customers", "customerCount");
    addIntake("inventory-intake", "products", "productCount");
  }

  @AfterEach
  void close() throws Exception {
    context.close();
  }

  @Test
  void sections_areThoseOfTheIntakeRoutes() {
    // When
    List<Section> all = sections.all();

    // Then
    assertEquals(Stores.SECTIONS, all);
  }

  @Test
  void thirdStream_isASectionMore() {
    // Given
    addIntake("order-intake", "orders", "orderCount");

    // When
    List<Section> all = sections.all();

    // Then
    assertEquals(
        List.of(Stores.CUSTOMERS, Stores.PRODUCTS, new Section("orders", "orderCount")), all);
  }

  @ParameterizedTest
  @CsvSource({
    "customers-topic, orders, orderCount, topic 'customers-topic' of the route 'customer-intake'",
    "refused, orders, orderCount, topic 'refused' of the dead letters",
    "orders, customers, orderCount, section 'customers' of the route 'customer-intake'",
    "orders, metadata, orderCount, section 'metadata' of the batch itself",
    "orders, orders, customerCount, countField 'customerCount' of the route 'customer-intake'",
    "orders, orders, version, countField 'version' of the batch itself"
  })
  void streamWithWhatIsAnothers_isRefused(String topic, String name, String count, String what) {
    // Given
    context.getPropertiesComponent().addInitialProperty("tributary.dead-letter.topic", "refused");
    sections.checkStreams();
    addIntake("order-intake", topic, name, count);

    // When
    Exception refusal = assertThrows(IllegalArgumentException.class, sections::checkStreams);

    // Then
    assertEquals(
        "the route 'order-intake' has the "
            + what
            + "; each stream must have a topic, a section and a countField of its own",
        refusal.getMessage());
  }

  @Test
  void streamWithoutATopicThatCanBeOne_isRefused() {
    // Given
    addIntake("order-intake", "orders data", "orders", "orderCount");

    // When
    Exception refusal = assertThrows(IllegalArgumentException.class, sections::checkStreams);

    // Then
    assertEquals(
        "the route 'order-intake' has the topic 'orders data'; a topic's name of 1 to 249 letters,"
            + " digits, '.', '_', '-' is allowed",
        refusal.getMessage());
  }

  @Test
  void sectionOfAnExchange_isThatOfItsRoute() {
    // Given
    Exchange exchange = new DefaultExchange(context);
    exchange.getExchangeExtension().setFromRouteId("inventory-intake");

    // When
    Section section = sections.of(exchange);

    // Then
    assertEquals(Stores.PRODUCTS, section);
  }

  @Test
  void sectionOfAnotherRoute_isRefused() {
    // Given
    Exchange exchange = new DefaultExchange(context);
    exchange.getExchangeExtension().setFromRouteId("other");

    // When
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> sections.of(exchange));

    // Then
    assertTrue(refusal.getMessage().contains("other"), refusal.getMessage());
  }

  @Test
  void limits_learnFromWhatIsTooLargeDownToAFloor() {
    // Given
    BatchLimits limits = limits("5", "1000000");

    // When
    limits.refusedAsTooLarge(400_000);
    limits.refusedAsTooLarge(600_000);

    // Then
    assertEquals(200_000, limits.now().maxPayloadBytes());
    limits.refusedAsTooLarge(300);
    assertEquals(BatchLimits.SMALLEST_LEARNED, limits.now().maxPayloadBytes());
  }

  @Test
  void limits_leaveRoomForTheEnvelope() {
    // When
    Limits limits = limits("5", "1000").now();

    // Then
    int envelope = BatchJson.envelopeSize(Stores.SECTIONS, "tributary", "1.0.0");
    assertEquals(new Limits(5, 1000 - envelope), limits);
  }

  @Test
  void firstPoll_completesNothing() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("1", "1000"));

    // When
    boolean completes = strategy.preComplete(null, exchange(poll("a", "b", "c")));

    // Then
    assertTrue(strategy.canPreComplete());
    assertFalse(completes);
  }

  @ParameterizedTest
  @CsvSource({"3, 1, false", "3, 2, true", "3, 3, true", "4, 2, false"})
  void pollThatWouldOutgrowTheMessages_completesTheBatchFirst(
      String maxMessages, int more, boolean expected) {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits(maxMessages, "1000000"));
    Exchange open = exchange(batch(poll("a", "b")));
    Exchange next = exchange(poll(new String[more]));

    // When
    boolean completes = strategy.preComplete(open, next);

    // Then
    assertEquals(expected, completes);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "-1, true", "1000, false"})
  void pollThatWouldOutgrowTheBytes_completesTheBatchFirst(int room, boolean expected) {
    // Given
    Poll poll = poll("x".repeat(500));
    Batch open = batch(poll("y".repeat(500)));
    int envelope = BatchJson.envelopeSize(Stores.SECTIONS, "tributary", "1.0.0");
    long needed = envelope + open.payloadBytes() + poll.contribution().payloadBytes();
    MergeStrategy strategy = new MergeStrategy(limits("10", String.valueOf(needed + room)));

    // When
    boolean completes = strategy.preComplete(exchange(open), exchange(poll));

    // Then
    assertEquals(expected, completes);
  }

  @Test
  void pollOfDuplicates_neverCompletes() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("1", "1000"));
    Poll duplicates = poll("a");
    duplicates.events().get(0).skip(Outcome.DUPLICATE_CONTENT);

    // When
    boolean completes = strategy.preComplete(exchange(batch(poll("a"))), exchange(duplicates));

    // Then
    assertFalse(completes);
  }

  @Test
  void aggregate_handsThePollOn() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("10", "1000"));
    Poll poll = poll("b");
    Exchange open = exchange(batch(poll("a")));
    open.getIn().setHeader("of", "before");

    // When
    Exchange group = strategy.aggregate(open, exchange(poll));

    // Then
    assertSame(open, group);
    assertSame(poll, group.getIn().getBody());
    assertEquals(Map.of(), group.getIn().getHeaders());
  }

  @Test
  void aggregate_firstPoll_isTheGroup() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("10", "1000"));
    Exchange first = exchange(poll("a"));
    first.getIn().setHeader("of", "the poll");

    // When
    Exchange group = strategy.aggregate(null, first);

    // Then
    assertSame(first, group);
    assertEquals(Map.of(), group.getIn().getHeaders());
  }

  /** Polls of any size that fit into a batch never make a body that is too large. */
  @Test
  void batches_neverOutgrowTheSettingsButForASingleMessage(@TempDir Path folder) {
    // Given
    int maxBytes = 3_000;
    BatchLimits limits = limits("20", String.valueOf(maxBytes));
    MergeStrategy strategy = new MergeStrategy(limits);
    Random random = new Random(11);
    List<Batch> batches = new ArrayList<>();
    List<byte[]> documents = new ArrayList<>();
    try (Store store = Stores.open(folder)) {
      for (int i = 0; i < 300; i++) {
        Poll poll = poll(random, limits.now());
        Batch open = store.open();

        // When
        if (strategy.preComplete(open == null ? null : exchange(open), exchange(poll))) {
          batches.add(Stores.complete(store, "EVT-20240208103000-abc123"));
          documents.add(store.document(batches.get(batches.size() - 1)).getBytes());
        }
        store.append(poll);
      }
    }

    // Then
    assertTrue(batches.size() > 20, "batches: " + batches.size());
    for (int i = 0; i < batches.size(); i++) {
      Batch batch = batches.get(i);
      String document = new String(documents.get(i), UTF_8);
      assertTrue(batch.messages() <= 20, batch.toString());
      assertTrue(documents.get(i).length <= maxBytes || batch.messages() == 1, document);
    }
  }

  /** As many events as fit into a batch, or fewer, and one at least. */
  private Poll poll(Random random, Limits limits) {
    int most = 1 + random.nextInt(30);
    List<Event> fitting = new ArrayList<>();
    long bytes = 0;
    while (fitting.size() < most) {
      int length = random.nextInt(20) == 0 ? 4_000 : random.nextInt(300);
      Event event = events.event("m", "\"" + "ä".repeat(length / 2) + "\",1");
      bytes += event.payloadLength() + 1;
      if (!fitting.isEmpty() && !limits.allow(fitting.size() + 1, bytes)) {
        break;
      }
      fitting.add(event);
    }
    return Stores.poll(
        random.nextBoolean() ? Stores.CUSTOMERS : Stores.PRODUCTS, fitting.toArray(Event[]::new));
  }

  private void addIntake(String routeId, String section, String countField) {
    addIntake(routeId, section + "-topic", section, countField);
  }

  private void addIntake(String routeId, String topic, String section, String countField) {
    TemplatedRouteBuilder.builder(context, "stream-intake")
        .routeId(routeId)
        .parameter("topic", topic)
        .parameter("section", section)
        .parameter("countField", countField)
        .add();
  }

  private BatchLimits limits(String maxMessages, String maxBytes) {
    Map<Setting, String> values =
        Map.of(Setting.MERGE_MAX_MESSAGES, maxMessages, Setting.MERGE_MAX_BYTES, maxBytes);
    return new BatchLimits(Settings.from(values::get), sections);
  }

  private Exchange exchange(Object body) {
    Exchange exchange = new DefaultExchange(context);
    exchange.getIn().setBody(body);
    return exchange;
  }

  /** One message with each text. */
  private Poll poll(String... texts) {
    return Stores.poll(
        Stream.of(texts).map(t -> events.event("m", "\"" + t + "\"")).toArray(Event[]::new));
  }

  private static Batch batch(Poll poll) {
    return Batch.opened(1).with(poll.contribution(), 1);
  }
}
