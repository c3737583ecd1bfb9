package io.tributary;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HeadStartTest {
  static Stream<String> names() {
    return Stream.concat(HeadStart.WITHOUT_LOG.stream(), HeadStart.WITH_LOG.stream());
  }

  @ParameterizedTest
  @MethodSource("names")
  void name_isAClass(String name) throws Exception {
    assertNotNull(Class.forName(name, false, HeadStartTest.class.getClassLoader()));
  }

  @Test
  void classesWithoutLog_askForNoLogger() throws Exception {
    // Given
    try (FreshClasses fresh = new FreshClasses()) {

      // When
      for (String name : HeadStart.WITHOUT_LOG) {
        Class.forName(name, true, fresh);
      }

      // Then
      assertFalse(fresh.has("org.slf4j.LoggerFactory"));
      assertFalse(fresh.has("org.apache.logging.log4j.LogManager"));
    }
  }

  /** What the test before this one stands on: a class that asks for a logger is found out. */
  @Test
  void classWithLog_isFoundOut() throws Exception {
    try (FreshClasses fresh = new FreshClasses()) {
      Class.forName("org.apache.kafka.common.protocol.Errors", true, fresh);

      assertTrue(fresh.has("org.slf4j.LoggerFactory"));
    }
  }

  /** The class path once more, with nothing loaded yet. */
  private static final class FreshClasses extends URLClassLoader {
    FreshClasses() {
      super(classPath(), ClassLoader.getPlatformClassLoader());
    }

    boolean has(String name) {
      return findLoadedClass(name) != null;
    }

    private static URL[] classPath() {
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(FreshClasses::url)
          .toArray(URL[]::new);
    }

    private static URL url(String entry) {
      try {
        return Path.of(entry).toUri().toURL();
      } catch (MalformedURLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
