// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {Coin} from "./Coin.sol";
import {IEscrow} from "./IEscrow.sol";
import {SumTree} from "./SumTree.sol";
import {TermsRules} from "./TermsRules.sol";
import {Windows} from "./Windows.sol";

/// @title The escrow of Weft; its agreement is written in IEscrow
contract Escrow is IEscrow, EIP712("Weft", "1") {
    using BitMaps for BitMaps.BitMap;
    using Windows for Windows.Book;

    bytes32 private constant STATEMENT_TYPEHASH = keccak256(
        "Statement(bytes32 jobId,uint32 epoch,uint24 seq,bool last,uint8 depth,uint88 total,uint64 units,bytes32 root,bytes32 dataHash)"
    );
    uint8 private constant LAST = 1;
    uint8 private constant REPAID = 2;

    mapping(bytes32 jobId => Job) private _jobs;
    mapping(bytes32 jobId => mapping(uint32 number => Epoch)) private _epochs;
    mapping(bytes32 jobId => mapping(uint32 number => BitMaps.BitMap)) private _claimed;
    /// Totals by the moment they become final, in windows of `challengeDelay`.
    mapping(bytes32 jobId => Windows.Book) private _finals;

    /// @inheritdoc IEscrow
    function open(Opening calldata opening, Terms calldata terms, bytes calldata contact)
        external
        payable
        returns (bytes32 jobId)
    {
        jobId = keccak256(abi.encode(block.chainid, address(this), msg.sender, opening.salt));
        Job storage created = _jobs[jobId];
        if (created.state != State.None) revert JobExists(jobId);
        TermsRules.requireSound(terms, opening.budget);

        created.publisher = msg.sender;
        created.budget = opening.budget;
        created.state = State.Open;
        created.settler = opening.settler;
        created.bond = opening.bond;
        created.token = opening.token;
        created.manifest = opening.manifest;
        created.terms = terms;
        emit JobOpened(jobId, msg.sender, opening, terms, contact);

        Coin.take(opening.token, uint256(opening.budget) + opening.bond);
    }

    /// @inheritdoc IEscrow
    function post(Statement calldata statement, bytes calldata signature) external {
        Job storage target = _jobs[statement.jobId];
        Epoch storage posted = _epochs[statement.jobId][statement.epoch];
        _requirePostable(target, posted, statement);
        if (!SignatureChecker.isValidSignatureNowCalldata(target.settler, hashStatement(statement), signature)) {
            revert WrongSigner(statement.jobId, target.settler);
        }

        _earmark(target, statement.jobId, statement.total - posted.total);
        uint40 finalAt = _finality(target, posted, statement);
        if (posted.finalAt == 0) target.epochs = statement.epoch + 1;
        if (finalAt > target.finalBy) target.finalBy = finalAt;
        uint88 bounty = _bounty(target, posted);

        posted.root = statement.root;
        posted.total = statement.total;
        posted.finalAt = finalAt;
        posted.seq = statement.seq;
        posted.depth = statement.depth;
        posted.flags = (posted.flags & REPAID) | (statement.last ? LAST : 0) | (bounty > 0 ? REPAID : 0);
        emit EpochPosted(statement.jobId, statement.epoch, statement, finalAt);

        if (bounty > 0) {
            target.repaid += bounty;
            emit PostRepaid(statement.jobId, statement.epoch, msg.sender, bounty);
            Coin.pay(target.token, msg.sender, bounty);
        }
    }

    /// @inheritdoc IEscrow
    function claim(bytes32 jobId, uint32 number, Leaf calldata leaf, bytes calldata proof) external {
        if (_claimed[jobId][number].get(leaf.index)) revert AlreadyClaimed(jobId, number, leaf.index);
        _claim(jobId, number, leaf, proof);
    }

    /// @inheritdoc IEscrow
    function claimMany(bytes32 jobId, uint32 number, Leaf[] calldata leaves, bytes[] calldata proofs) external {
        if (leaves.length != proofs.length) revert WrongLength(proofs.length, leaves.length);
        for (uint256 i = 0; i < leaves.length; ++i) {
            if (!_claimed[jobId][number].get(leaves[i].index)) _claim(jobId, number, leaves[i], proofs[i]);
        }
    }

    /// @inheritdoc IEscrow
    function beginClose(bytes32 jobId) external {
        Job storage target = _jobs[jobId];
        if (target.state != State.Open) revert WrongState(jobId, target.state);
        if (msg.sender != target.publisher && block.timestamp < target.terms.expiry) {
            revert NotExpired(jobId, target.terms.expiry);
        }

        target.state = State.Closing;
        target.closeAt = uint40(block.timestamp + target.terms.closeDelay);
        emit JobClosing(jobId, target.closeAt);
    }

    /// @inheritdoc IEscrow
    function close(bytes32 jobId) external {
        Job storage target = _jobs[jobId];
        if (target.state != State.Closing) revert WrongState(jobId, target.state);
        uint40 due = target.closeAt > target.finalBy ? target.closeAt : target.finalBy;
        if (block.timestamp < due) revert TooEarly(jobId, due);

        uint88 refund = target.budget - target.committed - target.repaid;
        target.state = State.Closed;
        emit JobClosed(jobId, refund, target.bond);

        Coin.pay(target.token, target.publisher, uint256(refund) + target.bond);
    }

    /// @inheritdoc IEscrow
    function job(bytes32 jobId) external view returns (Job memory) {
        return _jobs[jobId];
    }

    /// @inheritdoc IEscrow
    function epoch(bytes32 jobId, uint32 number) external view returns (Epoch memory) {
        return _epochs[jobId][number];
    }

    /// @inheritdoc IEscrow
    function isClaimed(bytes32 jobId, uint32 number, uint32 index) external view returns (bool) {
        return _claimed[jobId][number].get(index);
    }

    /// @inheritdoc IEscrow
    function available(bytes32 jobId) external view returns (uint88) {
        Job storage target = _jobs[jobId];
        return target.state == State.Closed ? 0 : _available(target);
    }

    /// @inheritdoc IEscrow
    function hashStatement(Statement calldata statement) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(STATEMENT_TYPEHASH, statement)));
    }

    /// @inheritdoc IEscrow
    function hashLeaf(Leaf calldata leaf) external pure returns (bytes32) {
        return SumTree.hashLeaf(leaf);
    }

    /// @inheritdoc IEscrow
    function hashNode(bytes32 hashL, uint256 sumL, bytes32 hashR, uint256 sumR) external pure returns (bytes32) {
        return SumTree.hashNode(hashL, sumL, hashR, sumR);
    }

    /// A statement begins the next epoch, once the former is complete, or replaces a lower `seq` of a pending one.
    function _requirePostable(Job storage target, Epoch storage posted, Statement calldata statement) private view {
        (bytes32 jobId, uint32 number) = (statement.jobId, statement.epoch);
        if (target.state != State.Open && target.state != State.Closing) revert WrongState(jobId, target.state);
        if (statement.depth > SumTree.MAX_DEPTH) revert TooDeep(statement.depth, SumTree.MAX_DEPTH);
        if (posted.finalAt == 0) {
            if (number != target.epochs) revert WrongEpoch(jobId, number, target.epochs);
            if (number == 0) return;
            Epoch storage former = _epochs[jobId][number - 1];
            bool isComplete = former.flags & LAST != 0 || former.finalAt <= block.timestamp;
            if (!isComplete) revert FormerEpochPending(jobId, number - 1, former.finalAt);
        } else {
            if (posted.finalAt <= block.timestamp) revert AlreadyFinal(jobId, number, posted.finalAt);
            if (statement.seq <= posted.seq) revert StaleSeq(jobId, number, statement.seq, posted.seq);
            if (statement.total < posted.total) revert TotalFell(jobId, number, statement.total, posted.total);
        }
    }

    function _earmark(Job storage target, bytes32 jobId, uint88 added) private {
        uint88 free = _available(target);
        if (added > free) revert OverBudget(jobId, added, free);
        target.committed += added;

        uint88 cap = target.terms.settlerCap;
        if (cap == 0) return;
        uint24 today = uint24(block.timestamp / 1 days);
        uint88 dayPosted = target.day == today ? target.dayPosted + added : added;
        if (dayPosted > cap) revert OverSettlerCap(jobId, dayPosted, cap);
        (target.day, target.dayPosted) = (today, dayPosted);
    }

    /// When the epoch becomes final: never later than its first post said. Books its total at that moment.
    function _finality(Job storage target, Epoch storage posted, Statement calldata statement)
        private
        returns (uint40 finalAt)
    {
        Windows.Book storage finals = _finals[statement.jobId];
        uint32 span = target.terms.challengeDelay;
        finalAt = posted.finalAt;
        if (finalAt == 0) finalAt = uint40(block.timestamp + target.terms.postDelay);
        else finals.subtract(finalAt, span, posted.total);

        bool isCovered = finals.recent(span) + statement.total <= target.bond / 2;
        if (statement.last && isCovered) finalAt = uint40(block.timestamp);
        finals.add(finalAt, span, statement.total);
    }

    function _bounty(Job storage target, Epoch storage posted) private view returns (uint88) {
        bool isParty = msg.sender == target.settler || msg.sender == target.publisher;
        if (isParty || posted.flags & REPAID != 0) return 0;
        uint88 left = target.terms.postReserve - target.repaid;
        return target.terms.postBounty < left ? target.terms.postBounty : left;
    }

    function _claim(bytes32 jobId, uint32 number, Leaf calldata leaf, bytes calldata proof) private {
        Epoch storage posted = _epochs[jobId][number];
        if (posted.finalAt == 0 || posted.finalAt > block.timestamp) revert NotFinal(jobId, number, posted.finalAt);
        (bytes32 root, uint256 total) = SumTree.climb(leaf, posted.depth, proof);
        if (root != posted.root || total != posted.total) revert NotInTree(root, total);

        _claimed[jobId][number].set(leaf.index);
        posted.claimed += leaf.amount; // at most the total: the tree sums what it proves
        emit Claimed(jobId, number, leaf.account, leaf.index, leaf.amount);

        Coin.pay(_jobs[jobId].token, leaf.account, leaf.amount);
    }

    function _available(Job storage target) private view returns (uint88) {
        return target.budget - target.terms.postReserve - target.committed;
    }
}
