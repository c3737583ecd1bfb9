package io.tributary.store;

import static io.tributary.support.Repositories.add;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.batch.Batch;
import io.tributary.decode.EventDecoder;
import io.tributary.dedupe.ContentDedupe;
import io.tributary.dedupe.SeenIds;
import io.tributary.event.Event;
import io.tributary.event.SourceRecord;
import io.tributary.support.Messages;
import io.tributary.support.Stores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store has that is opened again. */
class ReopenedStoreTest extends StoreCase {
  @Test
  void reopenedStore_hasTheSameBatchesAndBytes() {
    // Given
    List<Batch> pending = new ArrayList<>();
    List<String> documents = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      pending.add(completed("\"ä€😀 " + i + "\""));
      documents.add(document(pending.get(i)));
    }
    Batch open = append("7");

    for (int time = 0; time < 3; time++) {
      // When
      reopen();

      // Then
      assertEquals(pending, store.pending());
      assertEquals(open, store.open());
      assertEquals(documents, store.pending().stream().map(this::document).toList());
      assertTrue(Stores.isNext(store, pending.get(0)));
      assertFalse(Stores.isNext(store, pending.get(1)));
    }
  }

  @Test
  void reopenedStore_goesOnWithTheOpenBatch() {
    // Given
    completed("1");
    append("2");

    // When
    reopen();
    Batch batch = completed("3");

    // Then
    assertEquals(2, batch.number());
    assertTrue(document(batch).contains("\"customers\":[2,3]"));
  }

  /** What is on disk while it runs is what a process that was killed leaves behind. */
  @Test
  void killedProcess_leavesAllThatWasStored(@TempDir Path copy) throws Exception {
    // Given
    Batch batch = completed("1");
    Event last = event("2");
    Batch open = store.append(Stores.poll(last));

    // When
    copy(folder, copy);

    // Then
    SeenIds ids = seenIds(100);
    try (Store again = Stores.in(copy).clock(clock).memories(ids, seenContents(100), 100).open()) {
      assertEquals(store.identity(), again.identity());
      assertEquals(List.of(batch), again.pending());
      assertEquals(document(batch), document(again, batch));
      assertEquals(open, again.open());
      assertFalse(add(ids, events.event(last.messageId(), "2")));
    }
  }

  @Test
  void traces_areKept() {
    // Given
    byte[] value = Messages.message("m", "1");
    Event traced =
        (Event)
            new EventDecoder(ContentDedupe.OFF)
                .decode(new SourceRecord(PARTITION, 1, 0, null, value, "00-trace"));
    store.append(Stores.poll(traced));
    Stores.complete(store, "EVT-1");

    // When
    reopen();

    // Then
    assertEquals(List.of("00-trace"), store.pending().get(0).traces());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
