package io.tributary;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each package may know. */
class PackagesTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.tributary");

  /** Dependencies that point the wrong way: they are to go. */
  private static final List<List<String>> AGAINST_THE_STREAM =
      List.of(
          List.of("settings", "delivery"),
          List.of("settings", "operations"),
          List.of("intake", "operations"),
          List.of("delivery", "operations"),
          List.of("deadletter", "operations"));

  @Test
  void packages_pointOneWay() {
    SliceRule rule = slices().matching("io.tributary.(*)..").should().beFreeOfCycles();
    for (List<String> known : AGAINST_THE_STREAM) {
      rule =
          rule.ignoreDependency(
              resideInAPackage("io.tributary." + known.get(0)),
              resideInAPackage("io.tributary." + known.get(1)));
    }
    rule.check(CLASSES);
  }

  @Test
  void store_knowsNoCamel() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tributary.store", "io.tributary.batch", "io.tributary.event")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.camel..")
        .check(CLASSES);
  }

  @Test
  void sql_isInTheStoreOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tributary.store")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite..")
        .check(CLASSES);
  }
}
