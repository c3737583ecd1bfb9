package io.tributary.batch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.dedupe.ContentDedupe;
import io.tributary.store.Store;
import io.tributary.support.Events;
import io.tributary.support.Stores;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that are cut between their messages, in a real store. */
class BatchPartTest {
  private final Events customers = Events.customers();
  private final Events products = new Events(ContentDedupe.LATEST, "inventory_data");

  @TempDir Path folder;

  @Test
  void halves_haveTheirOwnDocumentsAlsoAfterARestart() {
    // Given messages without records and with several, of two sections
    try (Store store = Stores.open(folder)) {
      Batch batch = filled(store);
      store.halve(batch);
      store.settle(Stores.next(store));
      store.halve(Stores.next(store));
      assertEquals(0, store.unaccountedMessages());
    }

    // When
    try (Store store = Stores.open(folder)) {
      Batch whole = store.pending().get(0);

      // Then
      Batch third = Stores.next(store);
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
      assertEquals("EVT-1-2-2", Stores.next(store).eventId());
      assertEquals(0, store.unaccountedMessages());

      store.settle(Stores.next(store));
      assertFalse(Stores.isNext(store, whole));
      assertEquals(0, store.unaccountedMessages());
      assertEquals(List.of(), store.pending());
    }
  }

  @Test
  void documentsOfTheParts_areTheRecordsOfTheWhole() {
    // Given
    try (Store store = Stores.open(folder)) {
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

  private Batch filled(Store store) {
    store.append(
        Stores.poll(customers.at(0, 5, "a", "1"), customers.at(0, 9, "b", "{ \"id\":2 }")));
    store.append(
        Stores.poll(Stores.PRODUCTS, products.at(1, 70, "c", "4 , 5"), products.at(0, 3, "d", "")));
    return Stores.complete(store, "EVT-1");
  }
}
