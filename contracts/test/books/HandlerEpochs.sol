// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/IEscrow.sol";
import {IEscrowTypes} from "../../src/IEscrowTypes.sol";
import {HandlerJobs} from "./HandlerJobs.sol";
import {Reader} from "../Reader.sol";
import {Signing} from "../Signing.sol";
import {Trees} from "../Trees.sol";

/// Posts what settlers sign, and what payees sign in their place.
abstract contract HandlerEpochs is HandlerJobs {
    using Reader for IEscrow;
    using Trees for Trees.Tree;

    mapping(bytes32 jobId => mapping(uint256 day => uint256)) private _posted;
    mapping(bytes32 jobId => mapping(uint256 number => uint256)) private _repaid; // how often
    mapping(bytes32 jobId => IEscrow.Forced[]) private _forced;

    /// The next epoch, or a pending one again, now and then with an old `seq`, a lower total or another's signature.
    function post(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        IEscrow.Job memory job = ESCROW.job(jobId);
        IEscrow.Statement memory statement;
        bool isAgain = job.epochs > 0 && _roll(seed, 2, 3) == 0;
        (statement.jobId, statement.epoch) = (jobId, isAgain ? job.epochs - 1 : job.epochs);
        IEscrow.Epoch memory before = ESCROW.epoch(jobId, statement.epoch);
        (statement.seq, statement.last) = (before.seq + 1, _roll(seed, 3, 2) == 0);
        if (isAgain && _roll(seed, 4, 6) == 0) statement.seq = before.seq;
        uint256 free = uint256(job.budget) - _plays[jobId].opening.terms.postReserve - job.committed;
        IEscrow.Leaf[] memory leaves = _newLeaves(seed, free / (8 + _roll(seed, 5, 50)) + 2);
        if (_roll(seed, 6, 5) > 0) {
            leaves[0].amount += before.total;
            leaves[0].earned = leaves[0].amount;
        }
        Trees.Tree memory tree = Trees.build(leaves);
        (statement.depth, statement.root, statement.total) = (tree.depth, tree.root(), tree.total());
        bool isRight = _roll(seed, 7, 8) > 0;
        uint256 key = isRight ? _settlerKeyOf(jobId, statement.epoch) : FIRST_KEY;
        bool isDone = _post(statement, key, _roll(seed, 8, 2) == 0 ? vm.addr(key) : RELAYER);
        _rule(16, !isDone || isRight, "an epoch without its settler's word");
        if (!isDone) return;
        _rule(15, before.finalAt == 0 || before.finalAt > block.timestamp, "a final epoch was replaced");
        _rule(5, before.seq < statement.seq && before.total <= statement.total, "a promise was lessened");
        if (before.finalAt == 0) _numbers[jobId].push(statement.epoch);
        else count["replace"] += 1;
        _keep(jobId, statement.epoch, leaves);
        _checkDay(jobId, statement.total - before.total);
        _checkWindow(jobId, statement);
    }

    function _post(IEscrow.Statement memory statement, uint256 key, address poster) private returns (bool isDone) {
        bytes32 jobId = statement.jobId;
        IEscrow.Opening memory opening = _plays[jobId].opening;
        uint256 repaid = ESCROW.job(jobId).repaid;
        bytes memory signature = _sign(key, Signing.hash(statement));
        isDone = _call(poster, 0, abi.encodeCall(IEscrow.post, (opening, statement, signature)));
        _note(isDone, "post");
        uint256 bounty = ESCROW.job(jobId).repaid - repaid;
        if (bounty == 0) return isDone;
        uint256 times = ++_repaid[jobId][statement.epoch];
        _rule(17, isDone && poster != ESCROW.job(jobId).settler && times == 1, "a poster was repaid who should not be");
        _rule(17, bounty <= opening.terms.postBounty, "a poster got more than the bounty");
        _plays[jobId].bounties += bounty;
        _arrive(opening.token, poster, bounty);
        count["bounty"] += 1;
    }

    function force(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        (bool isFound, uint256 latest, uint256 sum) = _latestFinal(jobId);
        if (!isFound) return;
        IEscrow.Opening memory opening = _plays[jobId].opening;
        IEscrow.Job memory job = ESCROW.job(jobId);
        IEscrow.Leaf[] memory leaves = _newLeaves(seed, sum / (6 + _roll(seed, 2, 30)) + 1);
        Trees.Tree memory tree = Trees.build(leaves);
        IEscrow.Forced memory forced =
            IEscrowTypes.Forced(jobId, FORCED | job.forcedEpochs, tree.depth, tree.total(), tree.root(), "data");
        (IEscrow.Attestation[] memory attestations, uint256 weight) = _attest(forced, latest, 1 + _roll(seed, 3, 5));
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.force, (opening, forced, attestations)));
        _note(isDone, "force");
        if (!isDone) return;
        uint256 total = ESCROW.epoch(jobId, latest).total;
        _rule(18, weight * 10_000 >= total * opening.terms.quorumBps, "too little weight");
        _rule(18, attestations.length >= opening.terms.minSigners, "too few signers");
        _numbers[jobId].push(forced.epoch);
        _keep(jobId, forced.epoch, leaves);
        _forced[jobId].push(forced);
    }

    /// With the right root or another's, by the settler or somebody else, in time or too late.
    function veto(uint256 seed) external watched {
        if (jobIds.length == 0) return;
        bytes32 jobId = _anyJob(seed);
        if (_forced[jobId].length == 0) return;
        uint256 back = _roll(seed, 2, _forced[jobId].length < 2 ? 1 : 2);
        IEscrow.Forced memory forced = _forced[jobId][_forced[jobId].length - 1 - back];
        (bool isRightRoot, bool isRightKey) = (_roll(seed, 3, 5) > 0, _roll(seed, 4, 5) > 0);
        IEscrow.Veto memory order = IEscrowTypes.Veto(jobId, forced.epoch, isRightRoot ? forced.root : bytes32("other"));
        uint256 key = ESCROW.job(jobId).settler == vm.addr(SETTLER_KEY) ? SETTLER_KEY : SETTLER_KEY + 1;
        bytes memory signature = _sign(isRightKey ? key : FIRST_KEY, Signing.hash(order));
        IEscrow.Epoch memory before = ESCROW.epoch(jobId, forced.epoch);
        uint256 committed = ESCROW.job(jobId).committed;
        bool isDone = _call(RELAYER, 0, abi.encodeCall(IEscrow.veto, (order, signature)));
        _note(isDone, "veto");
        if (!isDone) return;
        _rule(10, isRightRoot && isRightKey && before.finalAt > block.timestamp, "a veto that should not count");
        _rule(6, ESCROW.job(jobId).committed + before.total == committed, "a veto freed another amount");
        _plays[jobId].isVetoed = true;
        delete _leaves[jobId][forced.epoch];
        uint256[] storage numbers = _numbers[jobId];
        for (uint256 i = 0; i < numbers.length; ++i) {
            if (numbers[i] == forced.epoch) numbers[i] = numbers[numbers.length - 1];
        }
        numbers.pop();
    }

    function _attest(IEscrow.Forced memory forced, uint256 latest, uint256 most)
        private
        view
        returns (IEscrow.Attestation[] memory attestations, uint256 weight)
    {
        IEscrow.Leaf[] memory leaves = _leaves[forced.jobId][latest];
        attestations = new IEscrow.Attestation[](leaves.length);
        uint256 size = 0;
        address former = address(0);
        uint256 total = Trees.build(leaves).total();
        while (size < most) {
            (bool isFound, uint256 index) = _nextSigner(leaves, former);
            if (!isFound) break;
            former = leaves[index].account;
            bytes memory signature = _sign(_keyOf(former), Signing.hash(forced));
            attestations[size++] =
                IEscrowTypes.Attestation(leaves[index], _proven(forced.jobId, latest, index).proof, signature);
            uint256 cap = total * 34 / 100;
            weight += leaves[index].amount < cap ? leaves[index].amount : cap;
        }
        assembly ("memory-safe") {
            mstore(attestations, size)
        }
    }

    /// The leaf of the next higher account that can sign.
    function _nextSigner(IEscrow.Leaf[] memory leaves, address former)
        private
        view
        returns (bool isFound, uint256 index)
    {
        for (uint256 i = 0; i < leaves.length; ++i) {
            address account = leaves[i].account;
            if (account <= former || _keyOf(account) == 0) continue;
            if (!isFound || account < leaves[index].account) (isFound, index) = (true, i);
        }
    }

    function _latestFinal(bytes32 jobId) private view returns (bool isFound, uint256 latest, uint256 sum) {
        for (uint256 number = 0; number < ESCROW.job(jobId).epochs; ++number) {
            if (!_isFinal(jobId, number)) continue;
            (isFound, latest) = (true, number);
            sum += ESCROW.epoch(jobId, number).total;
        }
    }

    function _checkDay(bytes32 jobId, uint256 added) private {
        uint256 cap = _plays[jobId].opening.terms.settlerCap;
        uint256 posted = _posted[jobId][block.timestamp / 1 days] += added;
        _rule(19, cap == 0 || posted <= cap, "more was posted on one day than the cap");
    }

    /// What became final without its delay is covered twice by the bond, with all that became final lately.
    function _checkWindow(bytes32 jobId, IEscrow.Statement memory statement) private {
        if (ESCROW.epoch(jobId, statement.epoch).finalAt > block.timestamp) return;
        count["final at once"] += 1;
        _rule(14, statement.last, "an epoch that may grow became final at once");
        uint256 sum = 0;
        for (uint256 number = 0; number <= statement.epoch; ++number) {
            IEscrow.Epoch memory epoch = ESCROW.epoch(jobId, number);
            _rule(14, epoch.finalAt <= block.timestamp, "an epoch overtook the one before");
            if (epoch.finalAt + _plays[jobId].opening.terms.challengeDelay > block.timestamp) sum += epoch.total;
        }
        _rule(14, sum <= ESCROW.job(jobId).bond / 2, "more became final at once than half the bond");
    }
}
