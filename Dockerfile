# The examples in an image, as a pattern for a server of your own; docs/containers.md explains each line.
#
#     docker build -t tardy .
#     docker run --rm --init --read-only -p 8080:8080 tardy
#
# .ci/boxes runs the steps that are below, and the container, without an engine.

FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY . .
RUN ./mvnw --batch-mode --no-transfer-progress -q -DskipTests -Dtardy.aot.skip package -pl tardy-examples -am

# As much of the JDK as the examples need, and jcmd.
RUN "$JAVA_HOME/bin/jlink" --add-modules java.logging,java.management.rmi,java.naming,jdk.jcmd,jdk.jfr,jdk.unsupported \
    --strip-debug --no-header-files --no-man-pages --output /opt/jvm

# With Netty's native libraries beside them, which Netty would unpack into the temporary directory at each start.
RUN mkdir -p /app && cp -r tardy-examples/target/tardy-examples.jar tardy-examples/target/lib /app \
    && mkdir /app/native && cd /app/native \
    && for jar in ../lib/netty-transport-native-*-linux-"$(uname -m | sed s/aarch64/aarch_64/)".jar; do \
        "$JAVA_HOME/bin/jar" --extract --file "$jar" META-INF/native || exit 1; \
    done \
    && mv META-INF/native/*.so . && rm -r META-INF

# The cache that it starts with: where it is going to be, with the JVM that it is going to have.
RUN /opt/jvm/bin/java -Djava.library.path=/app/native -XX:AOTCacheOutput=/app/tardy-examples.aot \
    -jar /app/tardy-examples.jar train && chmod a+r /app/tardy-examples.aot

FROM debian:bookworm-slim
COPY --from=build /opt/jvm /opt/jvm
COPY --from=build /app /app
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/opt/jvm/bin/java", "-Djava.library.path=/app/native", "-XX:AOTCache=/app/tardy-examples.aot", "-Xlog:aot*=off,cds*=off", "-XX:-UsePerfData", "-jar", "/app/tardy-examples.jar"]
CMD ["http", "--host", "0.0.0.0", "--port", "8080", "--runtimes", "all"]
