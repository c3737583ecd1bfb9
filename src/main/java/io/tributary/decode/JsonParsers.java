package io.tributary.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/**
 * Parsers of JSON as RFC 8259 has it, with one limit only, that of the levels. Each thread has a
 * factory of its own.
 */
final class JsonParsers {
  /** Levels of arrays and objects, which are levels of recursion for whoever reads them. */
  static final int MAX_LEVELS = 1000;

  /**
   * A factory keeps the names that it has met, however long, for the parsers after. So after so
   * many characters another one takes its place.
   */
  private static final int CHARACTERS_FOR_A_FACTORY = 1 << 20;

  private static final ThreadLocal<JsonParsers> OF_THIS_THREAD =
      ThreadLocal.withInitial(JsonParsers::new);

  private JsonFactory factory = newFactory();
  private int characters;

  private JsonParsers() {}

  /** A parser of this text; its places count from the text's start. */
  static JsonParser of(Text text) throws IOException {
    return OF_THIS_THREAD.get().parser(text);
  }

  private JsonParser parser(Text text) throws IOException {
    if (characters > CHARACTERS_FOR_A_FACTORY) {
      factory = newFactory();
      characters = 0;
    }
    characters += text.length();
    return factory.createParser(text.characters(), text.start(), text.length());
  }

  private static JsonFactory newFactory() {
    return new JsonFactoryBuilder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        // Or names of one hash would make a record, and maybe those after it, unreadable.
        .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_LEVELS)
                .maxNumberLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .maxNameLength(Integer.MAX_VALUE)
                .build())
        .build();
  }
}
