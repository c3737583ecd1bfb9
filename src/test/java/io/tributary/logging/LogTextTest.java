package io.tributary.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Text from outside, in a line of the log. */
class LogTextTest {
  @Test
  void lineBreak_isABarAndWhatElseSteersALineAQuestionMark() {
    assertEquals("a | b | c | d", LogText.oneLine("a\r\n  b\nc\u2028d"));
    assertEquals("x | ", LogText.oneLine("x\n\n"));
    assertEquals("?[31mred??", LogText.oneLine("\u001b[31mred\u0007\t"));
    assertEquals("a?b?c", LogText.oneLine("a\u202eb\uffffc"));
    assertEquals("a | …", LogText.oneLine("a\nbcd", 2));
  }

  @Test
  void urlsInAText_haveNothingBeforeAnAtAndNothingAfterAQuestionMark() {
    assertEquals(
        "no URL: http://***@h and http://h/a?*** or ***@h or http://h/a",
        LogText.urlsIn("no URL: http://u:p@h and http://h/a?k=$1 or u:p@h or http://h/a"));
  }
}
