package io.tributary.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tributary.demo.StubRegistry;
import io.tributary.settings.Setting;
import io.tributary.support.JarProcess;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A JVM with a small heap, and without options for that. */
class OutOfMemoryIT {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "thread",
        "pool",
        "scheduled-pool",
        "kafka-thread",
        "route",
        "retrying-route",
        "handling-route"
      })
  void error_isNamedAndEndsTheProcessWhereverItIsThrown(String where) throws Exception {
    // When
    try (JarProcess process =
        JarProcess.in(folder).jvm("-Xmx48m").running(Hungry.class).argument(where).start()) {
      int status = process.awaitExit();

      // Then
      assertEquals(OutOfMemory.STATUS, status, process.output());
      assertTrue(
          process.output().contains("ERROR - java.lang.OutOfMemoryError: Java heap space"),
          process.output());
    }
  }

  @Test
  void errorOfTheRegistrysClient_endsTheProcess() throws Exception {
    // Given an answer that does not fit
    try (StubRegistry registry = new StubRegistry()) {
      registry.answering(200, "x".repeat(15 << 20));

      // When
      try (JarProcess process =
          JarProcess.in(folder)
              .jvm("-Xmx48m")
              .set(Setting.SCHEMA_REGISTRY_URL, registry.url())
              .set(Setting.SCHEMA_REGISTRY_TIMEOUT, 60)
              .running(Hungry.class)
              .argument("registry")
              .start()) {
        // Then
        assertEquals(OutOfMemory.STATUS, process.awaitExit(), process.output());
      }
    }
  }
}
