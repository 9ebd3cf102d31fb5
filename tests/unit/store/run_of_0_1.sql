-- The rows that version 0.1 wrote for the project of test_store_migration.py: style left out, analysis cut short.
INSERT INTO "meta" VALUES('analysis','{"across": {}, "models": []}');
INSERT INTO "meta" VALUES('benchmark','{"digest": "d8588506a44e91c2292448c24e781471a8846777d43a26a4c9027ebde5bb06e2", "name": "tasks", "source": "tasks.jsonl", "tasks": 2, "unreadable": {}}');
INSERT INTO "meta" VALUES('model:m','{"api_version": null, "base_url": null, "choices_per_request": 1, "endpoint": "chat", "extra_body": {}, "extract": "auto", "join": "", "max_output_tokens": 1024, "model": null, "name": "m", "prompt": "plain", "recorded_model": null, "recorded_sha256": "57d2a3ee7051e825f489f753b3d33a94620e9d7f4c72ec468a15f5a27914df57", "seed": null, "simulated": null, "stop": [], "system": null, "temperature": 0.8, "top_p": null}');
INSERT INTO "meta" VALUES('references','{"unfit": 0}');
INSERT INTO "meta" VALUES('sandbox','"landlock+seccomp"');
INSERT INTO "meta" VALUES('schema_version','1');
INSERT INTO "meta" VALUES('verify_settings','"855a80e39a44e35d7b787e838dfec65e15dfdaa6910400e743c82334cfb16449"');
INSERT INTO "program" VALUES('2dfb28d587782c5bc987e613444ef666','T/0','def size_0(x):
    return abs(x)
');
INSERT INTO "program" VALUES('484d01df890c8a640bbc36139d896bbe','T/0','def size_0(x):
    return x
');
INSERT INTO "program" VALUES('56709ddef262836111a4621eb8e665e7','T/1','def size_1(x):
    return abs(x)
');
INSERT INTO "program" VALUES('69ddf75337cb585cba4030db69d9c66c','T/1','def size_1(x):
    return x
');
INSERT INTO "program" VALUES('93127a6167a08bfc6cce4f49d88b6f33','T/1','def size_1(x):
    raise ValueError(x)
');
INSERT INTO "program" VALUES('b1b9dd0922fd1751619d51c60ac2c24e','T/0','def size_0(x):
    raise ValueError(x)
');
INSERT INTO "sample" VALUES('m','T/0',0,'e8103f7f35361068f6c1c2b9aef11b498cbf22b46b40e42c4f3433eb6a296d9f','ok','def size_0(x):
    return abs(x)
','2dfb28d587782c5bc987e613444ef666','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sample" VALUES('m','T/0',1,'587a995aa110e14cd1fa89e7022af3008b208a0bd64d235f90285dac224e75ed','ok','def size_0(x):
    return x
','484d01df890c8a640bbc36139d896bbe','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sample" VALUES('m','T/0',2,'ba8b292cf9e9a2a47c2ff1920fc9dfedb5e4163083089e4ee6cfee92434f70e7','ok','def size_0(x):
    raise ValueError(x)
','b1b9dd0922fd1751619d51c60ac2c24e','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sample" VALUES('m','T/1',0,'e78a18ddd2ef1f28d0d5af25eac05ccd15e889f85a8fe3ad27be5d5c9234bca3','ok','def size_1(x):
    return abs(x)
','56709ddef262836111a4621eb8e665e7','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sample" VALUES('m','T/1',1,'20fdf68fae573cbe37cd56f0ab192bfb3539f4c24ca1fc79e65d8f9259ea01fd','ok','def size_1(x):
    return x
','69ddf75337cb585cba4030db69d9c66c','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "sample" VALUES('m','T/1',2,'a8f3c20ddd0c8e259ff05fef0cac651271c74c2f9bd57466d056711b4e96dd66','ok','def size_1(x):
    raise ValueError(x)
','93127a6167a08bfc6cce4f49d88b6f33','given/1',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "task" VALUES('T/0',0,'def size_0(x):
','size_0','def size_0(x):
    return abs(x)
',2,2,NULL);
INSERT INTO "task" VALUES('T/1',1,'def size_1(x):
','size_1','def size_1(x):
    return abs(x)
',2,2,NULL);
INSERT INTO "verdict" VALUES('2dfb28d587782c5bc987e613444ef666','base','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,0.002288,'landlock+seccomp');
INSERT INTO "verdict" VALUES('2dfb28d587782c5bc987e613444ef666','plus','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,0.002202,'landlock+seccomp');
INSERT INTO "verdict" VALUES('484d01df890c8a640bbc36139d896bbe','base','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,0.002167,'landlock+seccomp');
INSERT INTO "verdict" VALUES('484d01df890c8a640bbc36139d896bbe','plus','fail',2,X'0100',1,'size_0(-2)','2','-2','',0,2.07299999999999975605e-03,'landlock+seccomp');
INSERT INTO "verdict" VALUES('56709ddef262836111a4621eb8e665e7','base','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,2.19399999999999976985e-03,'landlock+seccomp');
INSERT INTO "verdict" VALUES('56709ddef262836111a4621eb8e665e7','plus','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,0.002176,'landlock+seccomp');
INSERT INTO "verdict" VALUES('69ddf75337cb585cba4030db69d9c66c','base','pass',2,X'0101',NULL,NULL,NULL,NULL,'',0,0.002228,'landlock+seccomp');
INSERT INTO "verdict" VALUES('69ddf75337cb585cba4030db69d9c66c','plus','fail',2,X'0100',1,'size_1(-2)','2','-2','',0,2.07299999999999975605e-03,'landlock+seccomp');
INSERT INTO "verdict" VALUES('93127a6167a08bfc6cce4f49d88b6f33','base','fail',2,X'0000',0,'size_1(1)','1','ValueError: 1','',0,2.15099999999999970043e-03,'landlock+seccomp');
INSERT INTO "verdict" VALUES('b1b9dd0922fd1751619d51c60ac2c24e','base','fail',2,X'0000',0,'size_0(1)','1','ValueError: 1','',0,0.002224,'landlock+seccomp');
