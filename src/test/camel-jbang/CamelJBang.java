import org.apache.camel.dsl.jbang.core.commands.CamelJBangMain;

/** What the program {@code camel} is: Camel's script of this name without JBang's comments. */
public class CamelJBang {
  public static void main(String... args) {
    CamelJBangMain.run(args);
  }
}
