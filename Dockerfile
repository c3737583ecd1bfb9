# docker build .                 Tributary
# docker build --target demo .   the mock API and the sample producers of demo/, which are not in Tributary's image
# docker build --target hawtio . the Hawtio console

FROM maven:3.9.11-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml .
COPY .mvn .mvn
COPY src/build src/build
COPY src/main src/main
RUN --mount=type=cache,target=/root/.m2 mvn --batch-mode --no-transfer-progress -Dmaven.test.skip=true package

FROM build AS demo-build
COPY demo demo
RUN javac -proc:none -d target/demo -classpath target/tributary.jar -sourcepath demo/java demo/java/io/tributary/demo/MockApi.java demo/java/io/tributary/demo/SampleProducers.java

FROM maven:3.9.11-eclipse-temurin-17 AS hawtio-build
RUN --mount=type=cache,target=/root/.m2 mvn --batch-mode --no-transfer-progress org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact=io.hawt:hawtio-war:4.2.0:war -DoutputDirectory=/build -Dmdep.stripVersion=true

FROM tomcat:10.1.44-jre17 AS hawtio
COPY --from=hawtio-build /build/hawtio-war.war webapps/hawtio.war
# It reaches Tributary and no other host, and asks nobody for a password: for a developer's machine
ENV CATALINA_OPTS="-Dhawtio.authenticationEnabled=false -Dhawtio.proxyAllowlist=tributary"

FROM eclipse-temurin:17.0.17_10-jre AS runtime
WORKDIR /opt/tributary
# What changes seldom comes first: a change of the code moves the small jar only.
COPY --from=build /build/target/lib target/lib
COPY --from=build /build/target/tributary.jar target/tributary.jar

FROM runtime AS demo
COPY --from=demo-build /build/target/demo demo/classes
COPY demo/log4j2.xml demo/log4j2.xml
COPY demo/routes demo/routes
ENV DEMO_HOST=0.0.0.0
USER 10001:10001
EXPOSE 8081 8082
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-Dlog4j2.configurationFile=demo/log4j2.xml", "-cp", "target/tributary.jar:demo/classes"]
CMD ["io.tributary.demo.MockApi"]

# The last stage is the one that is built without a target. A number for a user, since Kubernetes cannot tell that a name is not root.
FROM runtime AS tributary
RUN install -d -o 10001 -g 10001 state
COPY jvm.options .
COPY application.properties .
COPY routes routes
ENV MANAGEMENT_HOST=0.0.0.0
# Made anew, since it fits the JVM alone that made it
COPY src/build/class-data.options src/build/
RUN java @src/build/class-data.options -jar target/tributary.jar; rm -rf target/class-data; test -s target/tributary.jsa
USER 10001:10001
VOLUME /opt/tributary/state
EXPOSE 9876
# Java, as the image promises no other program that speaks HTTP
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["java", "-XX:SharedArchiveFile=target/tributary.jsa", "-Xlog:cds*=off", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx32m", "-jar", "target/tributary.jar", "health"]
ENTRYPOINT ["java", "@jvm.options", "-XX:MaxRAMPercentage=75", "-XX:+ExitOnOutOfMemoryError", "-jar", "target/tributary.jar"]
