package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenContents;
import io.tributary.dedupe.SeenIds;
import io.tributary.store.Store;
import io.tributary.support.Events;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that are cut between their messages, in a real store. */
class BatchPartTest {
  private static final Section CUSTOMERS = new Section("customers", "customerCount");
  private static final Section PRODUCTS = new Section("products", "productCount");
  private static final Batch.Completion COMPLETION =
      new Batch.Completion("EVT-1", "2024-02-08T10:30:00Z", "tributary", "1.0.0");

  private final Events customers = Events.customers();
  private final Events products = new Events(ContentDedupe.LATEST, "inventory_data");

  @TempDir Path folder;

  @Test
  void halves_haveTheirOwnDocumentsAlsoAfterARestart() {
    // Given messages without records and with several, of two sections
    try (Store store = open()) {
      Batch batch = filled(store);
      store.halve(batch);
      store.settle(store.next(batch));
      store.halve(store.next(batch));
      assertEquals(0, store.unaccountedMessages());
    }

    // When
    try (Store store = open()) {
      Batch whole = store.pending().get(0);

      // Then
      Batch third = store.next(whole);
      assertEquals("EVT-1-2-1", third.eventId());
      assertEquals(
          "{\"eventId\":\"EVT-1-2-1\",\"timestamp\":\"2024-02-08T10:30:00Z\","
              + "\"customers\":[],\"products\":[4 , 5],\"metadata\":{\"source\":\"tributary\","
              + "\"version\":\"1.0.0\",\"customerCount\":0,\"productCount\":2}}",
          new String(store.document(third).getBytes(), UTF_8));
      assertEquals(new MessageSource("inventory_data", 1, 70, 0), store.source(third));
      assertEquals(0, store.unaccountedMessages());

      store.settle(third);
      store.settle(third); // a second time, it is not its turn
      assertEquals("EVT-1-2-2", store.next(whole).eventId());
      assertEquals(0, store.unaccountedMessages());

      store.settle(store.next(whole));
      assertFalse(store.isTurnOf(whole));
      assertEquals(0, store.unaccountedMessages());
      store.forget(whole.number());
      assertEquals(List.of(), store.pending());
    }
  }

  @Test
  void documentsOfTheParts_areTheRecordsOfTheWhole() {
    // Given
    try (Store store = open()) {
      Batch batch = filled(store);

      // When
      store.halve(batch);

      // Then
      List<Batch> halves = store.pending().get(0).unsettled();
      assertEquals(2, halves.size());
      String first = new String(store.document(halves.get(0)).getBytes(), UTF_8);
      assertTrue(first.contains("\"customers\":[1,{ \"id\":2 }],\"products\":[]"), first);
      assertNull(store.source(halves.get(0)));
    }
  }

  @Test
  void fragmentOfAnEarlierVersion_isReadAndNotCut() {
    // Given a fragment as it was stored before there was a table of its messages
    try (Store store = open()) {
      filled(store);
    }
    byte[] old =
        ByteBuffer.allocate(4 + 9 + 13)
            .putInt(9)
            .put("customers1,{ \"id\":2 }".getBytes(UTF_8))
            .array();
    byte[] value = java.util.Arrays.copyOf(old, 4 + 9 + 12);
    try (StateFolder state = new StateFolder(folder)) {
      state.write(changes -> changes.put(StateKey.of(StateKey.FRAGMENT, 1, 0), value));
    }

    // When
    try (Store store = open()) {
      Batch batch = store.pending().get(0);

      // Then
      assertFalse(store.canBeHalved(batch));
      String document = new String(store.document(batch).getBytes(), UTF_8);
      assertTrue(document.contains("\"customers\":[1,{ \"id\":2 }],\"products\":[4 , 5"), document);
    }
  }

  private Batch filled(Store store) {
    Fragment first = new Fragment(CUSTOMERS);
    first.merge(customers.at(0, 5, "a", "1"));
    first.merge(customers.at(0, 9, "b", "{ \"id\":2 }"));
    Fragment second = new Fragment(PRODUCTS);
    second.merge(products.at(1, 70, "c", "4 , 5"));
    second.merge(products.at(0, 3, "d", ""));
    store.append(first);
    store.append(second);
    Batch batch = store.complete(COMPLETION, List.of(CUSTOMERS, PRODUCTS));
    assertTrue(store.canBeHalved(batch));
    return batch;
  }

  private Store open() {
    Duration hour = Duration.ofHours(1);
    return Store.open(
        folder,
        new SeenIds(100, hour),
        new SeenContents(ContentDedupe.LATEST, 100, hour),
        100,
        hour,
        Clock.systemUTC());
  }
}
