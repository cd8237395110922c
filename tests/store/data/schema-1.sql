BEGIN TRANSACTION;
CREATE TABLE account (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	address TEXT DEFAULT '' NOT NULL, 
	cursor TEXT DEFAULT '' NOT NULL, 
	health TEXT DEFAULT 'ok' NOT NULL, 
	trouble TEXT DEFAULT '' NOT NULL, 
	last_sync INTEGER, 
	last_look INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT health_known CHECK (health IN ('ok', 'auth', 'stale', 'error')), 
	UNIQUE (name)
)
 STRICT

;
INSERT INTO "account" VALUES(1,'work','memory','sam@mine.example','{"v": 1, "known": 6, "skip": 0, "upto": 0}','ok','',1794996300000000,1794996300000000);
CREATE TABLE approval (
	id INTEGER NOT NULL, 
	outbox_id INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	again INTEGER DEFAULT '0' NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "approval" VALUES(1,1,'7f277a264bba40ea4d8dd5697c1af910ff786a676b505ec13c61c2ecc393ab76','user',0,1794996000000000);
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	outbox_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	part TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	looked_at INTEGER, 
	window INTEGER, 
	outcome TEXT DEFAULT '' NOT NULL, 
	evidence TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (outbox_id, number, part), 
	CONSTRAINT part_known CHECK (part IN ('begin', 'end'))
)
 STRICT

;
INSERT INTO "attempt" VALUES(1,1,1,'begin',1794996300000000,1794996300000000,0,'','');
INSERT INTO "attempt" VALUES(2,1,1,'end',1794996300000000,NULL,NULL,'SENT','250');
CREATE TABLE checkpoint (
	seq INTEGER NOT NULL, 
	hash TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	mac TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "checkpoint" VALUES(18,'01e00d24c2a5560eea879b30aa6113621f843b18844e36311a3568c552910414',1794996300000000,'140569d3e3aa5b3b85196560eb33f48567819267a8a77d4c5192a3628b7de43f');
CREATE TABLE draft (
	id INTEGER NOT NULL, 
	followup_id INTEGER NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	writer TEXT NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	voice TEXT DEFAULT '' NOT NULL, 
	facts TEXT DEFAULT '' NOT NULL, 
	notes TEXT DEFAULT '' NOT NULL, 
	made INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (followup_id, version), 
	FOREIGN KEY(followup_id) REFERENCES followup (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "draft" VALUES(1,1,1,'phrasebook','Re: Offer','Did you get my mail about "Offer"? Could you tell me about matter 0?','0.89','{"ok": true, "unsupported": [], "marked": [], "allowed": ["Did you get my mail about ", "did you get my mail about ", "Did you get my mail about \"Offer\"?"], "tells": []}','["Only 3 own mails: too few to know the voice, so nothing is sent without you."]',1794996000000000);
INSERT INTO "draft" VALUES(2,2,1,'phrasebook','Re: Offer','Did you get my mail about "Offer"? Could you tell me about matter 1?','0.89','{"ok": true, "unsupported": [], "marked": [], "allowed": ["Did you get my mail about ", "did you get my mail about ", "Did you get my mail about \"Offer\"?"], "tells": []}','["Only 3 own mails: too few to know the voice, so nothing is sent without you."]',1794996000000000);
INSERT INTO "draft" VALUES(3,3,1,'phrasebook','Re: Offer','Did you get my mail about "Offer"? Could you tell me about matter 2?','0.89','{"ok": true, "unsupported": [], "marked": [], "allowed": ["Did you get my mail about ", "did you get my mail about ", "Did you get my mail about \"Offer\"?"], "tells": []}','["Only 3 own mails: too few to know the voice, so nothing is sent without you."]',1794996000000000);
CREATE TABLE enrolment (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	thread_id INTEGER NOT NULL, 
	root TEXT NOT NULL, 
	first INTEGER DEFAULT '0' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	"plan" TEXT NOT NULL, 
	"trigger" TEXT NOT NULL, 
	about TEXT DEFAULT '' NOT NULL, 
	begins TEXT DEFAULT '' NOT NULL, 
	anchor TEXT DEFAULT '' NOT NULL, 
	labelled INTEGER DEFAULT '0' NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	made INTEGER NOT NULL, 
	changed INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('active', 'done', 'ended')), 
	CONSTRAINT trigger_known CHECK (trigger IN ('quiet', 'enrolled', 'label', 'signal', 'date')), 
	FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE, 
	FOREIGN KEY(thread_id) REFERENCES thread (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE event (
	seq INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	boot TEXT DEFAULT '' NOT NULL, 
	monotonic INTEGER DEFAULT '0' NOT NULL, 
	actor TEXT NOT NULL, 
	process TEXT DEFAULT '' NOT NULL, 
	event TEXT NOT NULL, 
	object TEXT DEFAULT '' NOT NULL, 
	from_state TEXT DEFAULT '' NOT NULL, 
	to_state TEXT DEFAULT '' NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	commitment TEXT DEFAULT '' NOT NULL, 
	prev TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT actor_known CHECK (actor IN ('user', 'policy', 'daemon'))
)
 STRICT

;
INSERT INTO "event" VALUES(1,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5331921733,'daemon','23353 0.1.0','mailbox.read','account:1','','','3','','0000000000000000000000000000000000000000000000000000000000000000','47f092d9b700f38d2b462fb7fa02cfb061f1fa45d536045049ee97f7185cd2ea');
INSERT INTO "event" VALUES(2,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5332880667,'policy','23353 0.1.0','followup.planned','followup:1','','quiet','due','978f8c4922670209c6836c0cb927b7f9fd915b13a41eff9dcc6782854b2290ef','47f092d9b700f38d2b462fb7fa02cfb061f1fa45d536045049ee97f7185cd2ea','7c64588291c2749589003e4ce684b912ba41a7cd8fcb1c8980c3709ac1b88980');
INSERT INTO "event" VALUES(3,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5332880667,'policy','23353 0.1.0','followup.planned','followup:2','','quiet','due','d17f894120f0d69e18534ae8d54d42964e7a41342072fb41ed323cd824bd53b3','7c64588291c2749589003e4ce684b912ba41a7cd8fcb1c8980c3709ac1b88980','ecd35761a29a73f5a7221cf2822a8126928e148a09534056b80ec33607dde6e6');
INSERT INTO "event" VALUES(4,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5332880667,'policy','23353 0.1.0','followup.planned','followup:3','','quiet','due','5a73e0395f85369c1e4e7305f9d2dc742cf31f8c53cc5cdb410d6154a1fa217c','ecd35761a29a73f5a7221cf2822a8126928e148a09534056b80ec33607dde6e6','a738110f0a558c2e368d03e5d1a4be393e17fe550efb954988a2f3dbe97302c6');
INSERT INTO "event" VALUES(5,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335048317,'policy','23353 0.1.0','voice.learned','','','','3','','a738110f0a558c2e368d03e5d1a4be393e17fe550efb954988a2f3dbe97302c6','f1a3d1120e970d238b085a4999aebb80b5840ff55d7282d37ee6708334de1e71');
INSERT INTO "event" VALUES(6,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335161596,'policy','23353 0.1.0','draft.written','followup:1','','','phrasebook','d7b367c0097da91464e53aa6bf976d85c04e133e03ee74506f8d382fdfd86ddb','f1a3d1120e970d238b085a4999aebb80b5840ff55d7282d37ee6708334de1e71','0808c4cd4caecc6fec07f7db2f23b6aafd9598a6b831a75d96ab6cfac8b79404');
INSERT INTO "event" VALUES(7,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335161596,'policy','23353 0.1.0','followup.drafted','followup:1','quiet','drafted','written','','0808c4cd4caecc6fec07f7db2f23b6aafd9598a6b831a75d96ab6cfac8b79404','bd99126ca0048713079df8c4ebcac4be400ae9efca1190bc8dd4d9c94881ae6d');
INSERT INTO "event" VALUES(8,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335231629,'policy','23353 0.1.0','draft.written','followup:2','','','phrasebook','27b64a84d30f110884f5624bcffdc3acb07f111636461a85b6dcd5bff61002ba','bd99126ca0048713079df8c4ebcac4be400ae9efca1190bc8dd4d9c94881ae6d','c4bd44cbb62587611b619858705c88324779b58588407e186d4a14a5391de950');
INSERT INTO "event" VALUES(9,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335231629,'policy','23353 0.1.0','followup.drafted','followup:2','quiet','drafted','written','','c4bd44cbb62587611b619858705c88324779b58588407e186d4a14a5391de950','90a0535780bc9385323f3e5bbf1bba21d9b7a71b71055249bc7efcb24442e22b');
INSERT INTO "event" VALUES(10,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335307740,'policy','23353 0.1.0','draft.written','followup:3','','','phrasebook','6b207300b5f09a346032fdbb10155774559d9bedeeea96559f04519cfb6eb3ff','90a0535780bc9385323f3e5bbf1bba21d9b7a71b71055249bc7efcb24442e22b','d980fc2db47a7f4fe6c7ad9cddb3862317c39c4ef5cce2f0470102dbbb3e25f5');
INSERT INTO "event" VALUES(11,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335307740,'policy','23353 0.1.0','followup.drafted','followup:3','quiet','drafted','written','','d980fc2db47a7f4fe6c7ad9cddb3862317c39c4ef5cce2f0470102dbbb3e25f5','848b0f95d88546f08ee6b44b9005befa3f0681e92a32126d79f4d7d7c9ead97d');
INSERT INTO "event" VALUES(12,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335435369,'user','23353 0.1.0','outbox.approved','outbox:1','','HELD','approved','756302cd51f89cf4da09552d5ef76e93916127faba370bc77e0edfb13c1a3d3b','848b0f95d88546f08ee6b44b9005befa3f0681e92a32126d79f4d7d7c9ead97d','fdc879f2d6d90007f2b9815e9f63b86cf6816bcb3ea581467c4e6bf7dfbdce6d');
INSERT INTO "event" VALUES(13,1794996000000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335435369,'user','23353 0.1.0','followup.outbox','followup:1','drafted','outbox','approved','','fdc879f2d6d90007f2b9815e9f63b86cf6816bcb3ea581467c4e6bf7dfbdce6d','8dcdc53db3163c9d3e2219aa970a524db859f1874e0038ba86cc1163367a1060');
INSERT INTO "event" VALUES(14,1794996300000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335556350,'daemon','23353 0.1.0','outbox.claimed','outbox:1','HELD','CLAIMED','due','','8dcdc53db3163c9d3e2219aa970a524db859f1874e0038ba86cc1163367a1060','43dc6919e33290de38c228cf08af4e6de6929a459f3ffbb7af3de0293aa558af');
INSERT INTO "event" VALUES(15,1794996300000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335648464,'daemon','23353 0.1.0','outbox.submitting','outbox:1','CLAIMED','SUBMITTING','sending','','43dc6919e33290de38c228cf08af4e6de6929a459f3ffbb7af3de0293aa558af','ebf9fcdcae9ea461d5f944f8b20d952369659b95ab0934374b3dc9ce05dbfa4b');
INSERT INTO "event" VALUES(16,1794996300000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5335667073,'daemon','23353 0.1.0','outbox.sent','outbox:1','SUBMITTING','SENT','accepted','','ebf9fcdcae9ea461d5f944f8b20d952369659b95ab0934374b3dc9ce05dbfa4b','b97e4aadac33e6cc1f37fccddee7a326b0ef341deedb9a668fc255416fa6e934');
INSERT INTO "event" VALUES(17,1794996300000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5336294836,'policy','23353 0.1.0','followup.answered','followup:2','drafted','answered','answered','','b97e4aadac33e6cc1f37fccddee7a326b0ef341deedb9a668fc255416fa6e934','e4a3349671f208592421f6dee054d48582f56cd22d9ef91b3fcca2e2c347a36d');
INSERT INTO "event" VALUES(18,1794996300000000,'fc09c36a-ceea-4e44-8e1b-6ababd306844',5336319678,'policy','23353 0.1.0','followup.watching','followup:3','drafted','watching','waiting','','e4a3349671f208592421f6dee054d48582f56cd22d9ef91b3fcca2e2c347a36d','01e00d24c2a5560eea879b30aa6113621f843b18844e36311a3568c552910414');
CREATE TABLE event_content (
	seq INTEGER NOT NULL, 
	"key" TEXT DEFAULT '' NOT NULL, 
	proof TEXT DEFAULT '' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	detail TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT

;
INSERT INTO "event_content" VALUES(2,'bd93c3b3dfe361ad8141fb9d715d10af587e08d6d08593d6f0a348eab7b75296','','ann0@x.example','');
INSERT INTO "event_content" VALUES(3,'bab6e5c6461781b3a402a07b92ab03b91397f194a79599bacc5b5b3d824983cf','','ann1@x.example','');
INSERT INTO "event_content" VALUES(4,'19ce7a7213e1ec2f5abd764565adb23e88979756ce9460f1630fe9f92a2f46be','','ann2@x.example','');
INSERT INTO "event_content" VALUES(6,'698e85e047fceb2262a198864826999ec0c473b841041282d8e0b70e235b9661','40275fd4ed8730025cf0c171759b8173fb3ec4d9efe8b8704675e8bb2f29149e','','');
INSERT INTO "event_content" VALUES(8,'9f6f4c9f1a00fee19081fca26accc1bcd8b6f1c92ffd469e5b5d0aca7ba9f5f8','f489e512a0e09b9a94424cc9d32f06691f8080cbb9b65f9e0c979d8f42710a41','','');
INSERT INTO "event_content" VALUES(10,'a6ab6a014fba4471425378e6e402654de8a18756ffbfcabc2661375ca502d80c','bb8eb5ef78daed1a7882ae3b1ee13465dabbf40a5a0cafeca98b267d94db1994','','');
INSERT INTO "event_content" VALUES(12,'900bc3c2cabe2defc8ce1e283eccde3a175dc197b6457f75f7552a6d3335eafd','862a8edd88b5179b33f128b0393aa8cc11c84f6ebc6fddf67f70aa668c89deaa','ann0@x.example','');
CREATE TABLE followup (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	thread_id INTEGER NOT NULL, 
	root TEXT NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	"plan" TEXT NOT NULL, 
	touch INTEGER DEFAULT '1' NOT NULL, 
	basis TEXT DEFAULT '' NOT NULL, 
	revision INTEGER DEFAULT '0' NOT NULL, 
	enrolment_id INTEGER, 
	kind TEXT DEFAULT 'mail' NOT NULL, 
	ceiling TEXT DEFAULT '' NOT NULL, 
	about TEXT DEFAULT '' NOT NULL, 
	signal TEXT DEFAULT '' NOT NULL, 
	state TEXT NOT NULL, 
	level TEXT NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	evidence TEXT DEFAULT '' NOT NULL, 
	hold TEXT DEFAULT '' NOT NULL, 
	due INTEGER, 
	until INTEGER, 
	made INTEGER NOT NULL, 
	changed INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (account_id, root, "plan", touch, basis, revision), 
	CONSTRAINT state_known CHECK (state IN ('watching', 'quiet', 'drafted', 'approved', 'outbox', 'snoozed', 'skipped', 'stopped', 'answered', 'asked')), 
	CONSTRAINT level_known CHECK (level IN ('manual', 'copilot', 'autopilot')), 
	CONSTRAINT kind_known CHECK (kind IN ('mail', 'task')), 
	CONSTRAINT ceiling_known CHECK (ceiling IN ('', 'manual', 'copilot')), 
	FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE, 
	FOREIGN KEY(thread_id) REFERENCES thread (id) ON DELETE CASCADE, 
	FOREIGN KEY(enrolment_id) REFERENCES enrolment (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "followup" VALUES(1,1,1,'<ask0@mine.example>','ann0@x.example','Offer','nudge',1,'<ask0@mine.example>',0,NULL,'mail','','','','outbox','manual','approved','You asked ann0@x.example on 9 November and nothing came back; it was due on 12 November.','',1794474000000000,NULL,1794996000000000,1794996000000000);
INSERT INTO "followup" VALUES(2,1,2,'<ask1@mine.example>','ann1@x.example','Offer','nudge',1,'<ask1@mine.example>',0,NULL,'mail','','','','answered','manual','answered','You asked ann1@x.example on 9 November and nothing came back; it was due on 12 November.','',1794474000000000,NULL,1794996000000000,1794996300000000);
INSERT INTO "followup" VALUES(3,1,3,'<ask2@mine.example>','ann2@x.example','Offer','nudge',1,'<ask2@mine.example>',0,NULL,'mail','','','','watching','manual','waiting','You asked ann2@x.example on 9 November and nothing came back; it was due on 12 November.','',1794474000000000,NULL,1794996000000000,1794996300000000);
CREATE TABLE forgotten (
	digest TEXT NOT NULL, 
	PRIMARY KEY (digest)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE level (
	kind TEXT NOT NULL, 
	value TEXT NOT NULL, 
	level TEXT NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY (kind, value), 
	CONSTRAINT level_known CHECK (level IN ('manual', 'copilot', 'autopilot'))
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE mail (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	thread_id INTEGER NOT NULL, 
	message_id TEXT DEFAULT '' NOT NULL, 
	sender TEXT DEFAULT '' NOT NULL, 
	written INTEGER, 
	"offset" INTEGER, 
	received INTEGER NOT NULL, 
	folder TEXT DEFAULT '' NOT NULL, 
	role TEXT NOT NULL, 
	present INTEGER DEFAULT '1' NOT NULL, 
	flags TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	problem TEXT DEFAULT '' NOT NULL, 
	size INTEGER DEFAULT '0' NOT NULL, 
	body TEXT DEFAULT '' NOT NULL, 
	data TEXT DEFAULT '{}' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (account_id, "key"), 
	CONSTRAINT role_known CHECK (role IN ('inbox', 'sent', 'drafts', 'archive', 'all', 'junk', 'trash', 'other')), 
	FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE, 
	FOREIGN KEY(thread_id) REFERENCES thread (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "mail" VALUES(1,1,'memory/1',1,'<ask0@mine.example>','s@mine.example',1794218400000000,0,1794218400000000,'sent','sent',1,'','Offer','',167,'Could you tell me about matter 0?
','{"from":["S@mine.example"],"to":[["ann0@x.example"]]}');
INSERT INTO "mail" VALUES(2,1,'memory/2',2,'<ask1@mine.example>','sam@mine.example',1794214800000000,0,1794214800000000,'sent','sent',1,'','Offer','',169,'Could you tell me about matter 1?
','{"from":["sam@mine.example"],"to":[["ann1@x.example"]]}');
INSERT INTO "mail" VALUES(3,1,'memory/3',3,'<ask2@mine.example>','sam@mine.example',1794211200000000,0,1794211200000000,'sent','sent',1,'','Offer','',169,'Could you tell me about matter 2?
','{"from":["sam@mine.example"],"to":[["ann2@x.example"]]}');
INSERT INTO "mail" VALUES(4,1,'memory/4',1,'<6y6wvqi7om2eg2owkvmkowbay6@mine.example>','s@mine.example',1794996300000000,0,1794996300000000,'sent','sent',1,'seen','Re: Offer','',433,'Did you get my mail about "Offer"? Could you tell me about matter 0?
','{"from":["S@mine.example"],"to":[["ann0@x.example"]],"irt":["<ask0@mine.example>"],"refs":["<ask0@mine.example>"],"headers":{"x-relance-id":["6y6wvqi7om2eg2owkvmkowbay6"],"content-type":["text/plain; charset=us-ascii"]}}');
INSERT INTO "mail" VALUES(5,1,'memory/6',2,'<re1@x.example>','ann1@x.example',1794985500000000,0,1794985500000000,'inbox','inbox',1,'','Offer','',213,'Yes, it works.
','{"from":["ann1@x.example"],"to":[["sam@mine.example"]],"irt":["<ask1@mine.example>"],"refs":["<ask1@mine.example>"]}');
INSERT INTO "mail" VALUES(6,1,'memory/5',3,'<forged@evil.example>','sam@mine.example',1794985500000000,0,1794985500000000,'junk','junk',1,'','Offer','',270,'Pay to DE89 at once, could you?
','{"from":["sam@mine.example"],"to":[["eve@evil.example"]],"irt":["<ask2@mine.example>"],"refs":["<ask2@mine.example>"],"headers":{"delivered-to":["sam@mine.example"]}}');
CREATE TABLE memory (
	"key" TEXT NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	circle TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT '' NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT

;
CREATE TABLE model_call (
	id INTEGER NOT NULL, 
	followup_id INTEGER DEFAULT '0' NOT NULL, 
	at INTEGER NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	local INTEGER DEFAULT '1' NOT NULL, 
	what TEXT DEFAULT '' NOT NULL, 
	characters INTEGER DEFAULT '0' NOT NULL, 
	digest TEXT DEFAULT '' NOT NULL, 
	tokens_in INTEGER DEFAULT '0' NOT NULL, 
	tokens_out INTEGER DEFAULT '0' NOT NULL, 
	cost INTEGER DEFAULT '0' NOT NULL, 
	redacted INTEGER DEFAULT '0' NOT NULL, 
	outcome TEXT DEFAULT 'asking' NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	intent TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	followup_id INTEGER NOT NULL, 
	root TEXT NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	sender TEXT DEFAULT '' NOT NULL, 
	recipients TEXT DEFAULT '[]' NOT NULL, 
	message_id TEXT NOT NULL, 
	token TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	letter BLOB DEFAULT (x'') NOT NULL, 
	frozen BLOB DEFAULT (x'') NOT NULL, 
	thread_hint TEXT DEFAULT '' NOT NULL, 
	reply_key TEXT DEFAULT '' NOT NULL, 
	basis TEXT DEFAULT '{}' NOT NULL, 
	approved_by TEXT DEFAULT 'user' NOT NULL, 
	state TEXT NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	words TEXT DEFAULT '' NOT NULL, 
	ready_at INTEGER NOT NULL, 
	stale_at INTEGER NOT NULL, 
	cancel_requested INTEGER DEFAULT '0' NOT NULL, 
	owner TEXT DEFAULT '' NOT NULL, 
	fence INTEGER DEFAULT '0' NOT NULL, 
	lease_until INTEGER, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	sent_cursor TEXT DEFAULT '' NOT NULL, 
	settle_at INTEGER, 
	looks INTEGER DEFAULT '0' NOT NULL, 
	was_uncertain INTEGER DEFAULT '0' NOT NULL, 
	sent_copy TEXT DEFAULT '' NOT NULL, 
	carried_id TEXT DEFAULT '' NOT NULL, 
	made INTEGER NOT NULL, 
	changed INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('HELD', 'CLAIMED', 'SUBMITTING', 'SENT', 'DEFERRED', 'UNCERTAIN', 'NEEDS_REVIEW', 'STOPPED', 'CANCELLED', 'FAILED')), 
	CONSTRAINT approved_by_known CHECK (approved_by IN ('user', 'policy')), 
	UNIQUE (intent)
)
 STRICT

;
INSERT INTO "outbox" VALUES(1,'0b1aae5be8409fe60249a8c23dff5d9f1a8307386e5c57890f66fdb4a05ab78e',1,1,'<ask0@mine.example>','ann0@x.example','S@mine.example','["ann0@x.example"]','<6y6wvqi7om2eg2owkvmkowbay6@mine.example>','6y6wvqi7om2eg2owkvmkowbay6','7f277a264bba40ea4d8dd5697c1af910ff786a676b505ec13c61c2ecc393ab76',X'446174653A205468752C203031204A616E20313937302030303A30303A3030202B303030300D0A46726F6D3A2053406D696E652E6578616D706C650D0A546F3A20616E6E3040782E6578616D706C650D0A5375626A6563743A2052653A204F666665720D0A4D6573736167652D49443A203C36793677767169376F6D326567326F776B766D6B6F7762617936406D696E652E6578616D706C653E0D0A496E2D5265706C792D546F3A203C61736B30406D696E652E6578616D706C653E0D0A5265666572656E6365733A203C61736B30406D696E652E6578616D706C653E0D0A582D52656C616E63652D49643A2036793677767169376F6D326567326F776B766D6B6F77626179360D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D75732D61736369690D0A436F6E74656E742D5472616E736665722D456E636F64696E673A20376269740D0A0D0A44696420796F7520676574206D79206D61696C2061626F757420224F66666572223F20436F756C6420796F752074656C6C206D652061626F7574206D617474657220303F0D0A',X'446174653A205765642C203138204E6F7620323032362031303A30353A3030202B303030300D0A46726F6D3A2053406D696E652E6578616D706C650D0A546F3A20616E6E3040782E6578616D706C650D0A5375626A6563743A2052653A204F666665720D0A4D6573736167652D49443A203C36793677767169376F6D326567326F776B766D6B6F7762617936406D696E652E6578616D706C653E0D0A496E2D5265706C792D546F3A203C61736B30406D696E652E6578616D706C653E0D0A5265666572656E6365733A203C61736B30406D696E652E6578616D706C653E0D0A582D52656C616E63652D49643A2036793677767169376F6D326567326F776B766D6B6F77626179360D0A4D494D452D56657273696F6E3A20312E300D0A436F6E74656E742D547970653A20746578742F706C61696E3B20636861727365743D75732D61736369690D0A436F6E74656E742D5472616E736665722D456E636F64696E673A20376269740D0A0D0A44696420796F7520676574206D79206D61696C2061626F757420224F66666572223F20436F756C6420796F752074656C6C206D652061626F7574206D617474657220303F0D0A','','memory/1','{"seen":["<ask0@mine.example> s@mine.example"],"drafts":[],"unread":[],"elsewhere":[],"version":1,"accepted":["voice"],"at_once":true}','user','SENT','accepted','',1794996035000000,1795082435000000,0,'419e7e67216d:23353',1,1794997200000000,1,0,'{"v": 1, "known": 3, "skip": 0, "upto": 0}',NULL,0,0,'server','<6y6wvqi7om2eg2owkvmkowbay6@mine.example>',1794996000000000,1794996300000000);
CREATE TABLE outbox_move (
	start TEXT NOT NULL, 
	"end" TEXT NOT NULL, 
	PRIMARY KEY (start, "end")
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "outbox_move" VALUES('CLAIMED','CANCELLED');
INSERT INTO "outbox_move" VALUES('CLAIMED','DEFERRED');
INSERT INTO "outbox_move" VALUES('CLAIMED','FAILED');
INSERT INTO "outbox_move" VALUES('CLAIMED','HELD');
INSERT INTO "outbox_move" VALUES('CLAIMED','NEEDS_REVIEW');
INSERT INTO "outbox_move" VALUES('CLAIMED','STOPPED');
INSERT INTO "outbox_move" VALUES('CLAIMED','SUBMITTING');
INSERT INTO "outbox_move" VALUES('DEFERRED','CANCELLED');
INSERT INTO "outbox_move" VALUES('DEFERRED','CLAIMED');
INSERT INTO "outbox_move" VALUES('DEFERRED','NEEDS_REVIEW');
INSERT INTO "outbox_move" VALUES('DEFERRED','STOPPED');
INSERT INTO "outbox_move" VALUES('HELD','CANCELLED');
INSERT INTO "outbox_move" VALUES('HELD','CLAIMED');
INSERT INTO "outbox_move" VALUES('HELD','NEEDS_REVIEW');
INSERT INTO "outbox_move" VALUES('HELD','STOPPED');
INSERT INTO "outbox_move" VALUES('NEEDS_REVIEW','CANCELLED');
INSERT INTO "outbox_move" VALUES('NEEDS_REVIEW','HELD');
INSERT INTO "outbox_move" VALUES('NEEDS_REVIEW','SENT');
INSERT INTO "outbox_move" VALUES('NEEDS_REVIEW','STOPPED');
INSERT INTO "outbox_move" VALUES('SUBMITTING','DEFERRED');
INSERT INTO "outbox_move" VALUES('SUBMITTING','FAILED');
INSERT INTO "outbox_move" VALUES('SUBMITTING','SENT');
INSERT INTO "outbox_move" VALUES('SUBMITTING','UNCERTAIN');
INSERT INTO "outbox_move" VALUES('UNCERTAIN','NEEDS_REVIEW');
INSERT INTO "outbox_move" VALUES('UNCERTAIN','SENT');
CREATE TABLE reference (
	account_id INTEGER NOT NULL, 
	message_id TEXT NOT NULL, 
	thread_id INTEGER NOT NULL, 
	PRIMARY KEY (account_id, message_id), 
	FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE, 
	FOREIGN KEY(thread_id) REFERENCES thread (id) ON DELETE CASCADE
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "reference" VALUES(1,'<6y6wvqi7om2eg2owkvmkowbay6@mine.example>',1);
INSERT INTO "reference" VALUES(1,'<ask0@mine.example>',1);
INSERT INTO "reference" VALUES(1,'<ask1@mine.example>',2);
INSERT INTO "reference" VALUES(1,'<re1@x.example>',2);
INSERT INTO "reference" VALUES(1,'<ask2@mine.example>',3);
INSERT INTO "reference" VALUES(1,'<forged@evil.example>',3);
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (name)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "setting" VALUES('judged.day','2026-11-18 60');
INSERT INTO "setting" VALUES('judged.hour','2026-11-18T10');
INSERT INTO "setting" VALUES('judged.rules','40ced11df608380f425fa542a1229e837c8cd6588b976fd0b0312fb3dd126524');
INSERT INTO "setting" VALUES('memories.mail','6');
INSERT INTO "setting" VALUES('taught:1','77c9870277ae4c5e');
INSERT INTO "setting" VALUES('voice.profile','{"mails": 3, "tongues": {"en": {"mails": 3, "manner": {"mails": 3, "greetings": {"": 3}, "signoffs": {"": 3}, "formal": 0, "informal": 0, "words_median": 6, "language": "en", "greeting_gap": 1, "signoff_gap": 1}, "habits": {"mails": 3, "words_median": 6, "words_low": 6, "words_high": 6, "sentences_median": 1, "single_spaces": 0, "double_spaces": 0, "lower_starts": 0, "upper_starts": 0, "contracted": 0, "uncontracted": 0, "exclamations": 0, "questions": 3, "spaced_marks": 0, "emoji": 0, "curly": 0, "straight": 0, "dashes": 0, "wrapped": 0, "wrappable": 0, "wrap_width": 0, "indented": 0, "indent": 0, "paragraphs": 3, "lone": 3, "tight_marks": 3, "line_ends": 0, "ellipses": 0, "all_sentences": 3, "quotes": {"double": 0, "single": 0, "curly": 0, "low": 0, "angle": 0, "tight angle": 0}, "starts": {"So": 0, "Hmm,": 0, "Hm,": 0}}, "phrases": [], "common": {"could": 3, "you": 3, "tell": 3, "me": 3, "about": 3, "matter": 3}, "letters": {"grams": {" 0": 3, " 0?": 3, " 0? ": 3, " C": 3, " Co": 3, " Cou": 3, " a": 3, " ab": 3, " abo": 3, " m": 3, " ma": 3, " mat": 3, " me": 3, " me ": 3, " t": 3, " te": 3, " tel": 3, " y": 3, " yo": 3, " you": 3, "0?": 3, "0? ": 3, "? ": 3, "Co": 3, "Cou": 3, "Coul": 3, "ab": 3, "abo": 3, "abou": 3, "at": 3, "att": 3, "atte": 3, "bo": 3, "bou": 3, "bout": 3, "d ": 3, "d y": 3, "d yo": 3, "e ": 3, "e a": 3, "e ab": 3, "el": 3, "ell": 3, "ell ": 3, "er": 3, "er ": 3, "er 0": 3, "l ": 3, "l m": 3, "l me": 3, "ld": 3, "ld ": 3, "ld y": 3, "ll": 3, "ll ": 3, "ll m": 3, "ma": 3, "mat": 3, "matt": 3, "me": 3, "me ": 3, "me a": 3, "ou": 3, "ou ": 3, "ou t": 3, "oul": 3, "ould": 3, "out": 3, "out ": 3, "r ": 3, "r 0": 3, "r 0?": 3, "t ": 3, "t m": 3, "t ma": 3, "te": 3, "tel": 3, "tell": 3, "ter": 3, "ter ": 3, "tt": 3, "tte": 3, "tter": 3, "u ": 3, "u t": 3, "u te": 3, "ul": 3, "uld": 3, "uld ": 3, "ut": 3, "ut ": 3, "ut m": 3, "yo": 3, "you": 3, "you ": 3}, "texts": 3, "length": 99}, "stock": {}, "others": {"grams": {}, "texts": 0, "length": 0}}}, "people": {"ann0@x.example": {"mails": 1, "greetings": {"": 1}, "signoffs": {"": 1}, "formal": 0, "informal": 0, "words_median": 6, "language": "en", "greeting_gap": 1, "signoff_gap": 1}, "ann1@x.example": {"mails": 1, "greetings": {"": 1}, "signoffs": {"": 1}, "formal": 0, "informal": 0, "words_median": 6, "language": "en", "greeting_gap": 1, "signoff_gap": 1}, "ann2@x.example": {"mails": 1, "greetings": {"": 1}, "signoffs": {"": 1}, "formal": 0, "informal": 0, "words_median": 6, "language": "en", "greeting_gap": 1, "signoff_gap": 1}}, "circles": {}, "left_out": {"template": 0}, "version": 2}');
CREATE TABLE signal (
	id INTEGER NOT NULL, 
	enrolment_id INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	evidence TEXT DEFAULT '' NOT NULL, 
	touch INTEGER DEFAULT '1' NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(enrolment_id) REFERENCES enrolment (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE spent (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	outbox_id INTEGER NOT NULL, 
	root TEXT DEFAULT '' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	organisation TEXT DEFAULT '' NOT NULL, 
	at INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
INSERT INTO "spent" VALUES(1,1,1,'<ask0@mine.example>','ann0@x.example','x.example',1794996300000000);
CREATE TABLE thread (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	root TEXT DEFAULT '' NOT NULL, 
	changed INTEGER DEFAULT '1' NOT NULL, 
	person TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	summary TEXT DEFAULT '' NOT NULL, 
	open INTEGER DEFAULT '0' NOT NULL, 
	quiet INTEGER DEFAULT '0' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	hold TEXT DEFAULT '' NOT NULL, 
	sentence TEXT DEFAULT '' NOT NULL, 
	due INTEGER, 
	last INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(account_id) REFERENCES account (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "thread" VALUES(1,1,'<ask0@mine.example>',0,'ann0@x.example','Re: Offer','{"thread": "<ask0@mine.example>", "subject": "Re: Offer", "person": "ann0@x.example", "name": "", "people": ["ann0@x.example"], "last_own": "2026-11-18T10:05:00+00:00", "own_id": "<6y6wvqi7om2eg2owkvmkowbay6@mine.example>", "own_key": "memory/4", "asks": true, "evidence": "Could you tell me about matter 0?", "patient": false, "courtesy": false, "blocked": "", "blocked_evidence": "", "meaning": "", "answer_evidence": "", "until": "", "answered_at": "", "clock": "2026-11-18T10:05:00+00:00", "touches": 1, "sensitive": "", "sensitive_evidence": "", "own_draft": false, "usual_wait": 0.0, "samples": [], "problem": false, "zone_hint": "", "delegate": "", "matter": ["offer", "~offer", "~tell", "~matter"], "waits": []}',1,0,'waiting','','You wrote to ann0@x.example on 18 November; give it until 25 November.',1795597200000000,1794996300000000);
INSERT INTO "thread" VALUES(2,1,'<ask1@mine.example>',0,'ann1@x.example','Offer','{"thread": "<ask1@mine.example>", "subject": "Offer", "person": "ann1@x.example", "name": "", "people": ["ann1@x.example"], "last_own": "2026-11-09T09:00:00+00:00", "own_id": "<ask1@mine.example>", "own_key": "memory/2", "asks": true, "evidence": "Could you tell me about matter 1?", "patient": false, "courtesy": false, "blocked": "answered", "blocked_evidence": "Yes, it works.", "meaning": "reply", "answer_evidence": "Yes, it works.", "until": "", "answered_at": "2026-11-18T07:05:00+00:00", "clock": "2026-11-09T09:00:00+00:00", "touches": 0, "sensitive": "", "sensitive_evidence": "", "own_draft": false, "usual_wait": 0.0, "samples": [7], "problem": false, "zone_hint": "", "delegate": "", "matter": ["offer", "~tell", "~matter"], "waits": []}',0,0,'answered','','ann1@x.example has answered.',NULL,1794985500000000);
INSERT INTO "thread" VALUES(3,1,'<ask2@mine.example>',0,'eve@evil.example','Offer','{"thread": "<ask2@mine.example>", "subject": "Offer", "person": "eve@evil.example", "name": "", "people": ["eve@evil.example"], "last_own": "2026-11-18T07:05:00+00:00", "own_id": "<forged@evil.example>", "own_key": "memory/5", "asks": true, "evidence": "Pay to DE89 at once, could you?", "patient": false, "courtesy": false, "blocked": "", "blocked_evidence": "", "meaning": "", "answer_evidence": "", "until": "", "answered_at": "", "clock": "2026-11-18T07:05:00+00:00", "touches": 1, "sensitive": "", "sensitive_evidence": "", "own_draft": false, "usual_wait": 0.0, "samples": [], "problem": false, "zone_hint": "", "delegate": "", "matter": ["offer", "de89", "~once"], "waits": [7]}',1,0,'waiting','','You wrote to eve@evil.example on 18 November; give it until 25 November.',1795597200000000,1794985500000000);
CREATE INDEX ix_event_object ON event (object);
CREATE INDEX ix_event_content_person ON event_content (person);
CREATE INDEX ix_memory_person ON memory (person);
CREATE INDEX ix_model_call_followup_id ON model_call (followup_id);
CREATE INDEX model_call_at ON model_call (at);
CREATE INDEX ix_outbox_token ON outbox (token);
CREATE INDEX ix_outbox_person ON outbox (person);
CREATE INDEX outbox_ready ON outbox (state, ready_at);
CREATE INDEX outbox_followup ON outbox (followup_id);
CREATE UNIQUE INDEX outbox_one_live ON outbox (root) WHERE state IN ('CLAIMED', 'DEFERRED', 'HELD', 'NEEDS_REVIEW', 'SUBMITTING', 'UNCERTAIN');
CREATE INDEX ix_approval_outbox_id ON approval (outbox_id);
CREATE INDEX spent_at ON spent (account_id, at);
CREATE INDEX ix_spent_root ON spent (root);
CREATE INDEX ix_spent_person ON spent (person);
CREATE INDEX thread_open ON thread (open);
CREATE INDEX thread_root ON thread (account_id, root);
CREATE INDEX ix_thread_person ON thread (person);
CREATE INDEX thread_last ON thread (last);
CREATE INDEX thread_changed ON thread (account_id, changed);
CREATE INDEX mail_received ON mail (account_id, received);
CREATE INDEX ix_mail_thread_id ON mail (thread_id);
CREATE INDEX mail_sender ON mail (sender, received, thread_id);
CREATE INDEX mail_message_id ON mail (account_id, message_id);
CREATE INDEX ix_reference_thread_id ON reference (thread_id);
CREATE INDEX ix_enrolment_account_id ON enrolment (account_id);
CREATE INDEX enrolment_state ON enrolment (state);
CREATE INDEX ix_enrolment_person ON enrolment (person);
CREATE INDEX ix_enrolment_thread_id ON enrolment (thread_id);
CREATE INDEX ix_signal_enrolment_id ON signal (enrolment_id);
CREATE INDEX ix_followup_person ON followup (person);
CREATE INDEX ix_followup_account_id ON followup (account_id);
CREATE INDEX followup_state ON followup (state);
CREATE INDEX ix_followup_due ON followup (due);
CREATE INDEX ix_followup_thread_id ON followup (thread_id);
CREATE INDEX ix_followup_enrolment_id ON followup (enrolment_id);
CREATE INDEX ix_draft_followup_id ON draft (followup_id);
CREATE TRIGGER event_no_UPDATE BEFORE UPDATE ON event
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER event_no_DELETE BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER checkpoint_no_UPDATE BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER checkpoint_no_DELETE BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER outbox_starts_held BEFORE INSERT ON outbox WHEN NEW.state <> 'HELD'
BEGIN SELECT RAISE(ABORT, 'a letter starts by being held'); END;
CREATE TRIGGER outbox_moves BEFORE UPDATE OF state ON outbox
WHEN OLD.state <> NEW.state
 AND NOT EXISTS (SELECT 1 FROM outbox_move WHERE start = OLD.state AND "end" = NEW.state)
BEGIN SELECT RAISE(ABORT, 'the outbox does not move that way'); END;
CREATE TRIGGER outbox_sealed BEFORE UPDATE OF intent, account_id, sender, message_id, token, digest, made ON outbox
WHEN OLD.intent IS NOT NEW.intent OR OLD.account_id IS NOT NEW.account_id OR OLD.sender IS NOT NEW.sender OR OLD.message_id IS NOT NEW.message_id OR OLD.token IS NOT NEW.token OR OLD.digest IS NOT NEW.digest OR OLD.made IS NOT NEW.made
BEGIN SELECT RAISE(ABORT, 'an approved letter does not change'); END;
CREATE TRIGGER outbox_letter BEFORE UPDATE OF letter, recipients ON outbox
WHEN (OLD.letter IS NOT NEW.letter OR OLD.recipients IS NOT NEW.recipients)
 AND NOT (OLD.state IN ('CANCELLED', 'FAILED', 'SENT', 'STOPPED') AND NEW.letter = x'' AND NEW.recipients = '[]')
BEGIN SELECT RAISE(ABORT, 'an approved letter does not change'); END;
CREATE TRIGGER outbox_frozen BEFORE UPDATE OF frozen ON outbox
WHEN OLD.frozen IS NOT NEW.frozen AND OLD.frozen <> x''
 AND NOT (OLD.state IN ('CANCELLED', 'FAILED', 'SENT', 'STOPPED') AND NEW.frozen = x'')
BEGIN SELECT RAISE(ABORT, 'bytes that may have left do not change'); END;
CREATE TRIGGER outbox_fence BEFORE UPDATE OF fence ON outbox WHEN NEW.fence < OLD.fence
BEGIN SELECT RAISE(ABORT, 'a fence only rises'); END;
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'an intent is remembered for ever'); END;
CREATE TRIGGER attempt_no_UPDATE BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'rows of attempt are added, never changed'); END;
CREATE TRIGGER attempt_no_DELETE BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'rows of attempt are added, never changed'); END;
CREATE TRIGGER approval_no_UPDATE BEFORE UPDATE ON approval
BEGIN SELECT RAISE(ABORT, 'rows of approval are added, never changed'); END;
CREATE TRIGGER approval_no_DELETE BEFORE DELETE ON approval
BEGIN SELECT RAISE(ABORT, 'rows of approval are added, never changed'); END;
CREATE TRIGGER spent_no_UPDATE BEFORE UPDATE ON spent
BEGIN SELECT RAISE(ABORT, 'rows of spent are added, never changed'); END;
CREATE TRIGGER spent_no_DELETE BEFORE DELETE ON spent
BEGIN SELECT RAISE(ABORT, 'rows of spent are added, never changed'); END;
CREATE TRIGGER outbox_move_no_UPDATE BEFORE UPDATE ON outbox_move
BEGIN SELECT RAISE(ABORT, 'rows of outbox_move are added, never changed'); END;
CREATE TRIGGER outbox_move_no_DELETE BEFORE DELETE ON outbox_move
BEGIN SELECT RAISE(ABORT, 'rows of outbox_move are added, never changed'); END;
COMMIT;
PRAGMA user_version = 1;
