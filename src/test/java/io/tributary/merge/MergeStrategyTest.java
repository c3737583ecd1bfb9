package io.tributary.merge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.batch.BatchJson;
import io.tributary.batch.CompletionFactory;
import io.tributary.batch.Fragment;
import io.tributary.batch.Limits;
import io.tributary.batch.Section;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.poll.Poll;
import io.tributary.settings.Setting;
import io.tributary.settings.Settings;
import io.tributary.store.Store;
import io.tributary.support.CamelContexts;
import io.tributary.support.Events;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Section PRODUCTS = new Section("products", "productCount");

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
    assertEquals(List.of(CUSTOMERS, PRODUCTS), all);
  }

  @Test
  void thirdStream_isASectionMore() {
    // Given
    addIntake("order-intake", "orders", "orderCount");

    // When
    List<Section> all = sections.all();

    // Then
    assertEquals(List.of(CUSTOMERS, PRODUCTS, new Section("orders", "orderCount")), all);
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
    assertEquals(PRODUCTS, section);
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
    int envelope = BatchJson.envelopeSize(List.of(CUSTOMERS, PRODUCTS), "tributary", "1.0.0");
    assertEquals(new Limits(5, 1000 - envelope), limits);
  }

  @Test
  void firstFragment_completesNothing() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("1", "1000"));

    // When
    boolean completes = strategy.preComplete(null, exchange(fragment("a", "b", "c")));

    // Then
    assertTrue(strategy.canPreComplete());
    assertFalse(completes);
  }

  @ParameterizedTest
  @CsvSource({"3, 1, false", "3, 2, true", "3, 3, true", "4, 2, false"})
  void fragmentThatWouldOutgrowTheMessages_completesTheBatchFirst(
      String maxMessages, int more, boolean expected) {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits(maxMessages, "1000000"));
    Exchange open = exchange(batch(fragment("a", "b")));
    Exchange next = exchange(fragment(new String[more]));

    // When
    boolean completes = strategy.preComplete(open, next);

    // Then
    assertEquals(expected, completes);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "-1, true", "1000, false"})
  void fragmentThatWouldOutgrowTheBytes_completesTheBatchFirst(int room, boolean expected) {
    // Given
    Fragment fragment = fragment("x".repeat(500));
    Batch open = batch(fragment("y".repeat(500)));
    int envelope = BatchJson.envelopeSize(List.of(CUSTOMERS, PRODUCTS), "tributary", "1.0.0");
    long needed = envelope + open.payloadBytes() + fragment.payloadBytes();
    MergeStrategy strategy = new MergeStrategy(limits("10", String.valueOf(needed + room)));

    // When
    boolean completes = strategy.preComplete(exchange(open), exchange(fragment));

    // Then
    assertEquals(expected, completes);
  }

  @Test
  void fragmentOfDuplicates_neverCompletes() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("1", "1000"));
    Fragment duplicates = new Fragment(CUSTOMERS);
    duplicates.remember(events.event("a", "1"));

    // When
    boolean completes = strategy.preComplete(exchange(batch(fragment("a"))), exchange(duplicates));

    // Then
    assertFalse(completes);
  }

  @Test
  void batchOfDuplicates_isNeverCompletedByALargeFragment() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("1", "1000"));
    Fragment duplicates = new Fragment(CUSTOMERS);
    duplicates.remember(events.event("a", "1"));

    // When
    boolean completes =
        strategy.preComplete(exchange(batch(duplicates)), exchange(fragment("x".repeat(5_000))));

    // Then
    assertFalse(completes);
  }

  @Test
  void aggregate_handsTheFragmentOn() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("10", "1000"));
    Fragment fragment = fragment("b");
    Exchange open = exchange(batch(fragment("a")));
    open.getIn().setHeader("of", "before");

    // When
    Exchange group = strategy.aggregate(open, exchange(fragment));

    // Then
    assertSame(open, group);
    assertSame(fragment, group.getIn().getBody());
    assertEquals(Map.of(), group.getIn().getHeaders());
  }

  @Test
  void aggregate_firstFragment_isTheGroup() {
    // Given
    MergeStrategy strategy = new MergeStrategy(limits("10", "1000"));
    Exchange first = exchange(fragment("a"));
    first.getIn().setHeader("of", "the poll");

    // When
    Exchange group = strategy.aggregate(null, first);

    // Then
    assertSame(first, group);
    assertEquals(Map.of(), group.getIn().getHeaders());
  }

  /** Polls of any size, cut and merged as the routes do, never make a body that is too large. */
  @Test
  void batches_neverOutgrowTheSettingsButForASingleMessage(@TempDir Path folder) {
    // Given
    int maxBytes = 3_000;
    BatchLimits limits = limits("20", String.valueOf(maxBytes));
    MergeStrategy strategy = new MergeStrategy(limits);
    Random random = new Random(11);
    List<Batch> batches = new ArrayList<>();
    List<byte[]> documents = new ArrayList<>();
    try (Store store = store(folder)) {
      for (int i = 0; i < 60; i++) {
        Section section = random.nextBoolean() ? CUSTOMERS : PRODUCTS;
        for (Fragment fragment : poll(random, section, limits).fragments()) {
          Batch open = store.open();
          Exchange group = open == null ? null : exchange(open);

          // When
          if (strategy.preComplete(group, exchange(fragment))) {
            Batch.Completion completion =
                new CompletionFactory(Clock.systemUTC(), "tributary", "1.0.0").get();
            batches.add(store.complete(completion, sections.all()));
            documents.add(store.document(batches.get(batches.size() - 1)).getBytes());
          }
          store.append(fragment);
        }
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

  private Poll poll(Random random, Section section, BatchLimits limits) {
    int size = 1 + random.nextInt(30);
    Poll poll = new Poll(size, section, limits.now());
    for (int i = 0; i < size; i++) {
      int length = random.nextInt(20) == 0 ? 4_000 : random.nextInt(300);
      poll.add(events.event("m", "\"" + "ä".repeat(length / 2) + "\",1"));
    }
    return poll;
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
  private Fragment fragment(String... texts) {
    Fragment fragment = new Fragment(CUSTOMERS);
    for (String text : texts) {
      Event event = events.event("m", "\"" + text + "\"");
      fragment.merge(event);
    }
    return fragment;
  }

  private static Batch batch(Fragment fragment) {
    return Batch.opened(1).with(fragment, 1, 1);
  }

  private static Store store(Path folder) {
    Duration hour = Duration.ofHours(1);
    SeenContents contents = new SeenContents(ContentDedupe.OFF, 10, hour);
    return Store.open(folder, new SeenIds(10, hour), contents, 10, hour, Clock.systemUTC());
  }
}
